import { WirehallError } from "../errors.ts";
import { encodeBase64Url } from "../protocol/mod.ts";

/** A secret to sign with: text of at least 32 bytes in UTF-8, or bytes. */
export type TicketSecret = string | Uint8Array;

/** The digest's size: a shorter secret weakens it (RFC 2104 3). */
const MIN_SECRET_BYTES = 32;

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };
const KEY_ID_BYTES = 6;

const encoder = new TextEncoder();

/** A secret that is ready to sign, with the id by which its tickets name it. */
export interface TicketKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** The keys of a ticket office, the one that signs first. Made when they are first needed: Workers can't before. */
export class TicketKeys {
  readonly #secrets: readonly Uint8Array<ArrayBuffer>[];
  #keys: readonly TicketKey[] | undefined;

  /** Throws `INVALID_OPTION` for a secret that is too short, none at all, and one that is there twice. */
  constructor(secret: TicketSecret | readonly TicketSecret[]) {
    const secrets = typeof secret === "string" || secret instanceof Uint8Array ? [secret] : secret;
    if (!Array.isArray(secrets) || secrets.length === 0) {
      throw invalid("it must be a text, bytes, or a list of them");
    }
    this.#secrets = secrets.map(readSecret);
    const different = new Set(this.#secrets.map((bytes) => encodeBase64Url(bytes)));
    if (different.size < secrets.length) throw invalid("its list has a secret twice");
  }

  async signing(): Promise<TicketKey> {
    return (await this.#all())[0];
  }

  async find(id: string): Promise<TicketKey | undefined> {
    return (await this.#all()).find((key) => key.id === id);
  }

  /** Not the promise is kept but what came of it: on Workers a promise belongs to the request that made it. */
  async #all(): Promise<readonly TicketKey[]> {
    this.#keys ??= await Promise.all(this.#secrets.map(makeKey));
    return this.#keys;
  }
}

function readSecret(secret: TicketSecret): Uint8Array<ArrayBuffer> {
  if (typeof secret !== "string" && !(secret instanceof Uint8Array)) {
    throw invalid(`it has ${secret === null ? "null" : typeof secret}: it must be a text or bytes`);
  }
  const bytes = typeof secret === "string" ? encoder.encode(secret) : new Uint8Array(secret);
  if (bytes.length < MIN_SECRET_BYTES) {
    throw invalid(
      `it has ${bytes.length} bytes and needs at least ${MIN_SECRET_BYTES}: make one with openssl rand -base64 32`,
    );
  }
  return bytes;
}

/** The id is made of the secret itself, so that there is nothing to number, and two servers agree on it. */
async function makeKey(secret: Uint8Array<ArrayBuffer>): Promise<TicketKey> {
  const key = await crypto.subtle.importKey("raw", secret, ALGORITHM, false, ["sign", "verify"]);
  const digest = await crypto.subtle.sign(ALGORITHM, key, encoder.encode("wirehall.ticket.key"));
  return { id: encodeBase64Url(new Uint8Array(digest, 0, KEY_ID_BYTES)), key };
}

function invalid(problem: string): WirehallError {
  return new WirehallError("INVALID_OPTION", `the secret of tickets: ${problem}`);
}
