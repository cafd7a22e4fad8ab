import { WirehallError } from "../errors.ts";
import { acceptInput } from "../protocol/accept.ts";
import { encodeBase64 } from "../protocol/base64.ts";
import {
  type DeflateAgreement,
  type DeflateTerms,
  encodeUpgradeRequest,
  newKey,
  readUpgradeResponse,
} from "../protocol/mod.ts";
import { type Answer, badAnswer, headersOf, readAnswer } from "./answer.ts";
import type { ByteStream, DialPlatform } from "./stream.ts";
import type { DialTarget } from "./target.ts";

/** What a client asks of the server. */
export interface HandshakeRequest {
  readonly target: DialTarget;
  readonly subprotocols: readonly string[];
  /** Offers permessage-deflate. */
  readonly deflate: DeflateTerms | undefined;
  readonly origin: string | undefined;
  /** More headers, none of them the handshake's own. */
  readonly headers: Headers;
}

/** What the server agreed to. */
export interface Established {
  /** "" where it chose none. */
  readonly subprotocol: string;
  readonly deflate: DeflateAgreement | undefined;
  readonly headers: Headers;
  /** What came behind its answer. */
  readonly early: Uint8Array;
}

/** The server answered with something else than 101, and why that is no WebSocket. */
export interface Refused extends Answer {
  readonly message: string;
}

type Platform = Pick<DialPlatform<ByteStream>, "sha1" | "randomBytes">;

/** A client's opening handshake (RFC 6455 4.1). */
export class OpeningHandshake {
  readonly #platform: Platform;
  readonly #request: HandshakeRequest;
  readonly #key: string;
  readonly #head: Uint8Array;

  /** Throws `INVALID_HEADER` and `INVALID_SUBPROTOCOL` for what can't be sent. */
  constructor(request: HandshakeRequest, platform: Platform) {
    const { target, subprotocols, deflate, origin, headers } = request;
    this.#platform = platform;
    this.#request = request;
    this.#key = newKey(platform.randomBytes);
    const head = encodeUpgradeRequest({
      target: target.path,
      host: target.host,
      key: this.#key,
      protocols: subprotocols,
      deflate,
      origin,
      headers: withAuthorization(headers, target),
    });
    this.#head = Uint8Array.from(head, (char) => char.charCodeAt(0));
  }

  /** Asks and reads the answer. Rejects with a `DialError`, or with the stream's own error. */
  async exchange(stream: ByteStream): Promise<Established | Refused> {
    stream.write(this.#head);
    const answer = await readAnswer(stream, "server");
    const { head, rest } = answer;
    const accept = encodeBase64(await this.#platform.sha1(acceptInput(this.#key)));
    const { subprotocols, deflate: terms } = this.#request;
    const read = readUpgradeResponse(head, { accept, protocols: subprotocols, deflate: terms });
    if (read.ok) {
      const { subprotocol, deflate } = read;
      return { subprotocol, deflate, headers: headersOf(head), early: rest };
    }
    if (head.status === 101) throw badAnswer("server", read.message);
    return { ...answer, message: read.message };
  }
}

function withAuthorization(headers: Headers, { authorization }: DialTarget): Headers {
  if (headers.has("proxy-authorization")) {
    throw new WirehallError(
      "INVALID_HEADER",
      "Proxy-Authorization would go to the server: write the proxy's user into its URL",
    );
  }
  if (authorization === undefined) return headers;
  if (headers.has("authorization")) {
    throw new WirehallError(
      "INVALID_HEADER",
      "the URL has a user, and the headers Authorization: give one of them",
    );
  }
  const all = new Headers(headers);
  all.set("authorization", authorization);
  return all;
}
