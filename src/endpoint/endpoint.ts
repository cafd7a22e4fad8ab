import { WirehallError } from "../errors.ts";
import { isTokenSubprotocol, type UpgradeOffer } from "../protocol/mod.ts";
import { clientAddress } from "./address.ts";
import type { Gaps } from "./capability.ts";
import { agreeOnCompression } from "./compression.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { checkExpiresAt } from "./expiry.ts";
import type { Place } from "./gate.ts";
import { type Admission, checkHandler, type Handler } from "./handler.ts";
import { Meter } from "./meter.ts";
import { warnOfMissingLimits } from "./missing.ts";
import { chooseSubprotocol, negotiate, noSubprotocol } from "./negotiate.ts";
import { type EndpointOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { reportError } from "./report.ts";
import { isResponse } from "./response.ts";
import { Session } from "./session.ts";
import { forgetTopics, SessionConnection } from "./session-connection.ts";
import type { Socket } from "./socket.ts";
import { requestWithoutToken } from "./token.ts";
import { type Acceptance, type Upgrade, upgradeOf } from "./upgrade.ts";
import { Wheel, wheelOf } from "./wheel.ts";

/** A fetch-style function that accepts WebSockets. */
export type Endpoint = (request: Request) => Promise<Response>;

/** A handler of the library's own, which also hears of upgrades that came to nothing. */
export interface InnerHandler<Data> extends Handler<Data> {
  /** Whether `upgrade` may choose the subprotocol where the options name none [if there is an `upgrade`]. */
  readonly choosesSubprotocol?: boolean;
  /** `upgrade` admitted the connection, but no `open` follows. */
  abandoned?(data: Data): void;
}

/**
 * Makes an endpoint of a handler.
 *
 * The endpoint answers a bad handshake with 400, a foreign origin with 403, another method with 405 and a request
 * that asks for no WebSocket with 426. Throws `INVALID_OPTION`, also for a hook that is none.
 */
export function websocket<Data = unknown>(handler: Handler<Data>, options: EndpointOptions = {}): Endpoint {
  checkHandler(handler);
  const resolved = resolveOptions(options);
  return (request) => receive(request, handler, resolved);
}

/** The same for a handler of the library's own, with options that were resolved before. */
export async function receive<Data>(
  request: Request,
  handler: InnerHandler<Data>,
  options: ResolvedOptions,
): Promise<Response> {
  const upgrade = upgradeOf(request);
  const offer = negotiate(request, options, upgrade?.source);
  if (offer instanceof Response) return offer;
  if (upgrade === undefined) return unserved(options);
  // A handler that chooses the subprotocol itself does so in `upgrade`, after this.
  const preferred = chooseSubprotocol(offer, options);
  const mayChoose = handler.choosesSubprotocol ?? handler.upgrade !== undefined;
  const choosesItself = options.subprotocols.length === 0 && mayChoose;
  if (preferred instanceof Response && !choosesItself) {
    upgrade.refusal = "subprotocol";
    return preferred;
  }
  upgrade.address = clientAddress(request, upgrade.source.remoteAddress, options.trustProxy);
  if (!upgrade.place.takeAddress(upgrade.address)) return upgrade.refuse("address");
  try {
    const admitted = await askHandler(request, handler, options, upgrade);
    if (isResponse(admitted)) return admitted;
    return admit(request, handler, options, upgrade, offer, preferred, checkAdmission(admitted));
  } catch (error) {
    upgrade.refusal = "threw";
    reportError(handler, undefined, error, options.log);
    return new Response("Internal Server Error\n", { status: 500 });
  }
}

/** The handler's `upgrade`, whose time is taken where somebody asks for it. */
async function askHandler<Data>(
  request: Request,
  handler: InnerHandler<Data>,
  { clock }: ResolvedOptions,
  { connections: { metrics } }: Upgrade,
): Promise<unknown> {
  if (handler.upgrade === undefined || metrics?.hookSettled === undefined) return handler.upgrade?.(request);
  const beganMs = clock.now();
  try {
    return await handler.upgrade(request);
  } finally {
    metrics.hookSettled("upgrade", clock.now() - beganMs);
  }
}

function admit<Data>(
  request: Request,
  handler: InnerHandler<Data>,
  options: ResolvedOptions,
  upgrade: Upgrade,
  offer: UpgradeOffer,
  preferred: string | Response,
  admission: Admission<Data>,
): Response {
  const data = admission.data as Data;
  try {
    const subprotocol = checkChosen(offer, admission.subprotocol) ?? preferred;
    if (subprotocol instanceof Response) {
      upgrade.refusal = "subprotocol";
      handler.abandoned?.(data);
      return noSubprotocol(options);
    }
    checkExpiresAt(admission.expiresAt);
    const headers = new Headers(admission.headers);
    const acceptance = accept(request, handler, options, upgrade, offer, subprotocol, admission);
    return upgrade.accept(acceptance, headers);
  } catch (error) {
    handler.abandoned?.(data);
    throw error;
  }
}

const ADMISSION_NAMES = ["data", "headers", "subprotocol", "expiresAt"];

/** An `upgrade` that means to refuse, with `false` or null or another's kind of response, must not let in. */
function checkAdmission<Data>(admitted: unknown): Admission<Data> {
  if (admitted === undefined) return {};
  const names =
    typeof admitted === "object" && admitted !== null && !Array.isArray(admitted)
      ? Object.keys(admitted)
      : undefined;
  if (names?.every((name) => ADMISSION_NAMES.includes(name))) return admitted as Admission<Data>;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `upgrade returned ${names === undefined ? String(admitted) : `{ ${names.join(", ")} }`}: return nothing or ` +
      `{ ${ADMISSION_NAMES.join(", ")} } to let in, a Response to refuse`,
  );
}

/** RFC 6455 4.2.2: the subprotocol is "either a single value ... selected from the client's", or absent. */
function checkChosen(offer: UpgradeOffer, chosen: string | undefined): string | undefined {
  if (chosen === undefined || offer.protocols.includes(chosen)) return chosen;
  const what = isTokenSubprotocol(chosen) ? "a token as the subprotocol" : `the subprotocol "${chosen}"`;
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `upgrade chose ${what}, but the client offered ${offer.protocols.join(", ") || "none"}`,
  );
}

function accept<Data>(
  request: Request,
  handler: InnerHandler<Data>,
  options: ResolvedOptions,
  upgrade: Upgrade,
  offer: UpgradeOffer,
  subprotocol: string,
  { data, expiresAt }: Admission<Data>,
): Acceptance {
  const { gaps, sharesTimers = true } = upgrade.source;
  const { address: remoteAddress } = upgrade;
  const kept = requestWithoutToken(request);
  warnOnce(options, gaps);
  const acceptance: Acceptance = {
    offer,
    subprotocol,
    maxMessageBytes: options.maxMessageBytes,
    maxFragments: options.maxFragments,
    pingIntervalMs: options.pingIntervalMs,
    compression: agreeOnCompression(offer, options.compression, gaps, options.log),
    open(socket: Socket, connections: Connections): Session<Connection<Data>> {
      const session = new Session<Connection<Data>>(handler, options, {
        budget: connections.budget,
        wheel: sharesTimers ? wheelOf(options.clock) : new Wheel(options.clock),
        keepsAlive: gaps.ping === undefined,
        meter: Meter.of(options, connections.metrics),
      });
      const introduction = { request: kept, remoteAddress, subprotocol, gaps };
      const connection = new SessionConnection(session, introduction, data as Data);
      session.address = remoteAddress;
      session.expiresAt = expiresAt;
      keepPlace(session, connections, upgrade.place);
      session.start(socket, connection);
      return session;
    },
    abandon(): void {
      upgrade.abandoned(acceptance);
      handler.abandoned?.(data as Data);
    },
  };
  return acceptance;
}

/** A function of its own, so that a connection holds nothing else of its handshake. */
function keepPlace<Data>(session: Session<Data>, connections: Connections, place: Place): void {
  connections.add(session);
  place.opened();
  session.onGone = () => {
    connections.delete(session);
    place.leave();
    forgetTopics(session);
  };
}

const warned = new WeakSet<ResolvedOptions>();

function warnOnce(options: ResolvedOptions, gaps: Gaps): void {
  if (warned.has(options)) return;
  warned.add(options);
  warnOfMissingLimits(options, gaps, options.log);
}

function unserved(options: ResolvedOptions): Response {
  options.log({
    level: "error",
    event: "not-served",
    message:
      "an upgrade reached an endpoint past Wirehall's server: start the app with serve() or attach() it",
  });
  return new Response("Internal Server Error\n", { status: 500 });
}
