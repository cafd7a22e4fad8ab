import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { systemClock } from "../../src/endpoint/clock.ts";
import { type Connections, type Ending, endingOf } from "../../src/endpoint/connections.ts";
import { defaultOf } from "../../src/endpoint/limits.ts";
import { type Acceptance, type Outcome, travel } from "../../src/endpoint/upgrade.ts";
import { acceptKey, encodeUpgradeResponse } from "../../src/protocol/mod.ts";
import { LocalRooms } from "../../src/rooms/local.ts";
import { bindHall } from "../../src/rooms/rooms.ts";
import type { AttachOptions, ShutdownOptions } from "../../src/serve.ts";
import { answerThrow, checkAttachOptions, makeConnections } from "../../src/server.ts";
import { codecGaps, codecGapsWithoutHistory } from "./capabilities.ts";
import { writeRefusal } from "./refuse.ts";
import { BadRequest, upgradeRequest } from "./request.ts";
import { CodecSocket } from "./socket.ts";
import { headerBytes } from "./unread.ts";
import { zlibHeedsHistory } from "./zlib.ts";

/** What a peer may send before it has our 101, which it must not (RFC 6455 4.1) [bytes]. */
const MAX_EARLY_BYTES = defaultOf("maxEarlyBytes");

/** How long a peer may leave its side of a stream open after we have ended ours. */
const LINGER_MS = defaultOf("lingerTimeoutMs");

/** The part of node:http's and node:https's servers that is used. */
export interface UpgradingServer {
  on(
    event: "upgrade",
    listener: (request: IncomingMessage, stream: Duplex, head: Uint8Array) => void,
  ): unknown;
}

/** What `attach` added to a server. */
export interface Attachment {
  /** Refuses new WebSockets with 503, closes the open ones with 1012, and resolves when all are gone. */
  shutdown(options?: ShutdownOptions): Promise<void>;
}

/**
 * Lets a server that exists already accept WebSockets: every upgrade that it gets goes through the app.
 *
 * Plain requests stay the server's. Throws `INVALID_OPTION`.
 */
export function attach(server: UpgradingServer, options: AttachOptions): Attachment {
  checkAttachOptions(options);
  const { stop } = attachTo(server, options, makeConnections(options, codecGaps));
  return {
    async shutdown(shutdownOptions) {
      await stop(endingOf(shutdownOptions));
    },
  };
}

/** What `serve` needs of an attachment. */
export interface StoppableAttachment {
  /** Resolves to whether nothing of the app's had to be cut off. */
  stop(ending: Ending): Promise<boolean>;
}

/** The same with connections that are made already. */
export function attachTo(
  server: UpgradingServer,
  options: Pick<AttachOptions, "fetch" | "hall">,
  connections: Connections,
): StoppableAttachment {
  if (options.hall !== undefined) bindHall(options.hall, new LocalRooms().locate);
  // Streams that are upgraded or refused; the server itself has let go of them.
  const streams = new Set<Duplex>();
  server.on("upgrade", (incoming, stream, head) => {
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
    // Without a listener a reset would end the process; that the stream is gone is seen by its "close".
    stream.on("error", () => {});
    answer(incoming, stream, head, connections, options).catch((error: unknown) => {
      connections.log({ level: "error", event: "upgrade-failed", message: "an upgrade failed", error });
      stream.destroy();
    });
  });
  return {
    async stop(ending) {
      // What takes long, such as an endless refusal or an upgrade that never settles, is cut.
      const cancel = systemClock.after(ending.withinMs, () => {
        for (const stream of streams) stream.destroy();
      });
      const isClean = await connections.shutdown(ending);
      await Promise.all([...streams].map((stream) => once(stream, "close")));
      cancel();
      return isClean;
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  stream: Duplex,
  head: Uint8Array,
  connections: Connections,
  options: Pick<AttachOptions, "fetch">,
): Promise<void> {
  const { gate } = connections;
  const outcome = await ask(incoming, connections, options);
  const { acceptance, response } = outcome;
  if (stream.destroyed) {
    acceptance?.abandon();
    await response.body?.cancel();
  } else if (acceptance === undefined) {
    await writeRefusal(stream, response, gate.limits.handshakeTimeoutMs, incoming.method);
  } else if (head.length + stream.readableLength > MAX_EARLY_BYTES) {
    acceptance.abandon();
    gate.refused("early-bytes", incoming.socket.remoteAddress);
    const message = `over ${MAX_EARLY_BYTES} bytes came before the handshake was answered`;
    await writeRefusal(stream, refusal(message, 400), gate.limits.handshakeTimeoutMs);
  } else {
    accept(stream, head, acceptance, outcome.headers, connections);
  }
}

/** The app's answer; one that throws is 500, and a request that no app can be given is 400. */
async function ask(
  incoming: IncomingMessage,
  connections: Connections,
  options: Pick<AttachOptions, "fetch">,
): Promise<Outcome> {
  const { httpVersion } = incoming;
  const { remoteAddress } = incoming.socket;
  const gaps = zlibHeedsHistory() ? codecGaps : codecGapsWithoutHistory;
  try {
    return await travel(
      connections,
      { remoteAddress, httpVersion, headerBytes: headerBytes(incoming), gaps },
      (name, id) => upgradeRequest(incoming, [name, id]),
      (request) => options.fetch(request, { incoming }),
    );
  } catch (error) {
    const response =
      error instanceof BadRequest
        ? refusal(error.message, error.status)
        : answerThrow(error, connections.log);
    return { acceptance: undefined, response };
  }
}

function refusal(message: string, status: number): Response {
  const headers = new Headers(status === 405 ? { allow: "GET" } : {});
  return new Response(`${message}\n`, { status, headers });
}

function accept(
  stream: Duplex,
  head: Uint8Array,
  acceptance: Acceptance,
  headers: Headers,
  connections: Connections,
): void {
  const { offer, subprotocol, maxMessageBytes, maxFragments, compression } = acceptance;
  let answer: string;
  try {
    const key = acceptKey(offer.key, (bytes) => createHash("sha1").update(bytes).digest());
    answer = encodeUpgradeResponse({
      accept: key,
      offered: offer.protocols,
      subprotocol,
      extensions: compression?.answer,
      headers,
    });
  } catch (error) {
    acceptance.abandon();
    throw error;
  }
  stream.write(answer, "latin1");
  const socket = new CodecSocket(stream, {
    role: "server",
    maxMessageBytes,
    maxFragments,
    compression,
    closeTimeoutMs: LINGER_MS,
    clock: systemClock,
  });
  socket.start(acceptance.open(socket, connections), head);
}
