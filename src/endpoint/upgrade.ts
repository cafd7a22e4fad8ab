import { WirehallError } from "../errors.ts";
import { hasToken, type UpgradeOffer } from "../protocol/mod.ts";
import type { Gaps } from "./capability.ts";
import type { AgreedCompression } from "./compression.ts";
import type { Connections } from "./connections.ts";
import { inTime, LATE } from "./deadline.ts";
import type { Place } from "./gate.ts";
import { randomId } from "./random.ts";
import { limitResponse, type RefusalReason } from "./refusal.ts";
import { isResponse } from "./response.ts";
import type { Socket, SocketEvents } from "./socket.ts";

/**
 * How an upgrade travels through an app.
 *
 * Frameworks clone requests and replace responses, so identity does not survive, but headers do: inward the request
 * bears an id, outward the endpoint's response bears an unguessable mark. The shim upgrades only when the mark comes
 * back; any other response is an ordinary refusal.
 */
const ID_HEADER = "x-wirehall-upgrade";
const MARK_HEADER = "x-wirehall-accept";

/** Headers of the app's response that do not belong on a 101. */
const NOT_ON_SWITCHING = [
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "transfer-encoding",
  "upgrade",
];

/** A session as its shim sees it. */
export interface OpenSession extends SocketEvents {
  /** Resolves once the handler is not called any more. */
  readonly finished: Promise<void>;
}

/** What an endpoint agreed to, for the shim to carry out. */
export interface Acceptance {
  /** What the client offered. */
  readonly offer: UpgradeOffer;
  /** The subprotocol that was agreed, or "". */
  readonly subprotocol: string;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  /** For runtimes that ping by themselves; 0 for not at all. */
  readonly pingIntervalMs: number;
  /** What was agreed of compression; undefined for none. */
  readonly compression: AgreedCompression | undefined;
  /** Binds the runtime's socket; events may follow at once. */
  open(socket: Socket, connections: Connections): OpenSession;
  /** The upgrade came to nothing: no hook of the handler is called any more. */
  abandon(): void;
}

/** What a shim knows of a request that asks for an upgrade. */
export interface UpgradeSource {
  readonly remoteAddress: string | undefined;
  /** What the transport cannot do. */
  readonly gaps: Gaps;
  /** HTTP/1.1 and later may be upgraded (RFC 6455, 4.1). */
  readonly httpVersion?: string;
  /** Bytes of the request's target, and of its headers' names and values [counted from the request]. */
  readonly headerBytes?: number;
  /** False where the runtime hides the `Connection` header. */
  readonly showsConnection?: boolean;
  /** False where a timer belongs to the request that set it, and can't serve others. */
  readonly sharesTimers?: boolean;
  /** Makes the response that accepts, where the runtime needs a real one. Gets the mark as a header. */
  respond?(acceptance: Acceptance, headers: Headers): Response;
}

/** One upgrade under way. */
export class Upgrade {
  readonly id: string = randomId();
  readonly source: UpgradeSource;
  readonly connections: Connections;
  readonly place: Place;
  /** Why it is refused, where it is: what nobody has said is the app's own answer. */
  refusal: RefusalReason = "app";
  /** The client's, once an endpoint that knows its proxies has said so. */
  address: string | undefined;
  #chosen: Acceptance | undefined;
  /** By mark: an app may ask several endpoints, and the one is opened whose response it returns. */
  readonly #acceptances = new Map<string, Acceptance>();
  #isSettled = false;

  constructor(source: UpgradeSource, connections: Connections, place: Place) {
    this.source = source;
    this.connections = connections;
    this.place = place;
  }

  /** The endpoint lets the connection in: the response that must come back through the app. */
  accept(acceptance: Acceptance, headers: Headers): Response {
    if (this.#isSettled) {
      // The app has answered without waiting for the endpoint, as one does that times out.
      acceptance.abandon();
      return limitResponse("shutdown");
    }
    const mark = randomId();
    this.#acceptances.set(mark, acceptance);
    headers.set(MARK_HEADER, mark);
    if (this.source.respond !== undefined) return this.source.respond(acceptance, headers);
    return new Response(null, { status: 204, headers });
  }

  /** Refuses it by a limit of the server. */
  refuse(reason: RefusalReason): Response {
    this.refusal = reason;
    return limitResponse(reason);
  }

  /** What the app's response means; every acceptance whose mark it does not bear is abandoned. */
  settle(response: Response | undefined): Acceptance | undefined {
    this.#isSettled = true;
    const mark = response?.headers.get(MARK_HEADER) ?? "";
    this.#chosen = this.#acceptances.get(mark);
    for (const acceptance of this.#acceptances.values()) {
      if (acceptance !== this.#chosen) acceptance.abandon();
    }
    this.#acceptances.clear();
    if (this.#chosen === undefined) this.place.leave();
    return this.#chosen;
  }

  /** An acceptance was abandoned: the place is free again, if this was the one that had it. */
  abandoned(acceptance: Acceptance): void {
    if (acceptance === this.#chosen) this.place.leave();
  }
}

const underWay = new Map<string, Upgrade>();

/** The upgrade that a request belongs to, however often it was cloned; undefined if no shim of ours brought it. */
export function upgradeOf(request: Request): Upgrade | undefined {
  const id = request.headers.get(ID_HEADER);
  return id === null ? undefined : underWay.get(id);
}

/** Says why an endpoint refuses a request, for the count. */
export function noteRefusal(request: Request, reason: RefusalReason): void {
  const upgrade = upgradeOf(request);
  if (upgrade !== undefined) upgrade.refusal = reason;
}

/** What came back from the app: an acceptance with the headers for the 101, or a response to send as it is. */
export type Outcome =
  | { readonly acceptance: Acceptance; readonly response: Response; readonly headers: Headers }
  | { readonly acceptance: undefined; readonly response: Response };

/**
 * Sends a request through the app as an upgrade, as far as the server's limits let it in.
 *
 * `makeRequest` gets the header that marks the request and must replace what the client may have sent by that name.
 * While the connections are being shut down, the answer is 503. A throw of the app, or of `makeRequest`, is the
 * caller's. Every refusal is counted here, save those for which the caller abandons the acceptance.
 */
export async function travel(
  connections: Connections,
  source: UpgradeSource,
  makeRequest: (name: string, id: string) => Request,
  app: (request: Request) => Response | Promise<Response>,
): Promise<Outcome> {
  const { gate } = connections;
  const place = connections.closing ? "shutdown" : gate.enter();
  if (typeof place === "string") {
    gate.refused(place, source.remoteAddress);
    return { acceptance: undefined, response: limitResponse(place) };
  }
  const upgrade = new Upgrade(source, connections, place);
  underWay.set(upgrade.id, upgrade);
  let response: Response | undefined;
  let acceptance: Acceptance | undefined;
  connections.upgradeBegins();
  try {
    response = await ask(upgrade, makeRequest, app);
  } finally {
    underWay.delete(upgrade.id);
    acceptance = upgrade.settle(response);
    connections.upgradeEnds();
    if (acceptance === undefined) gate.refused(upgrade.refusal, upgrade.address ?? source.remoteAddress);
  }
  if (acceptance === undefined) return { acceptance, response };
  return { acceptance, response, headers: switchingHeaders(response.headers) };
}

/** The app's answer, or that of a limit that is in its way. */
async function ask(
  upgrade: Upgrade,
  makeRequest: (name: string, id: string) => Request,
  app: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { source, connections } = upgrade;
  const { limits } = connections.gate;
  upgrade.refusal = "bad-handshake";
  const request = makeRequest(ID_HEADER, upgrade.id);
  const headerBytes = source.headerBytes ?? countHeaderBytes(request);
  if (headerBytes > limits.maxHeaderBytes) return upgrade.refuse("header-bytes");
  upgrade.refusal = "app";
  try {
    const answer = await inTime(app(request), connections, limits.handshakeTimeoutMs);
    if (answer === LATE) return upgrade.refuse("handshake-time");
    if (!isResponse(answer))
      throw new WirehallError("INVALID_RESPONSE", "the app's fetch returned no Response");
    // What took until the shutdown had begun comes too late.
    return connections.closing ? upgrade.refuse("shutdown") : answer;
  } catch (error) {
    upgrade.refusal = "threw";
    throw error;
  }
}

/** As node:http counts them: target, names and values, but for the header that marks the request. */
function countHeaderBytes({ url, headers }: Request): number {
  let bytes = url.length;
  for (const [name, value] of headers) if (name !== ID_HEADER) bytes += name.length + value.length;
  return bytes;
}

function switchingHeaders(from: Headers): Headers {
  const headers = new Headers(from);
  headers.delete(MARK_HEADER);
  for (const name of NOT_ON_SWITCHING) headers.delete(name);
  return headers;
}

/** Whether a request asks for a WebSocket, by whatever handshake. */
export function isUpgrade(request: Request): boolean {
  return hasToken(request.headers.get("upgrade"), "websocket");
}
