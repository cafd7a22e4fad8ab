import { checkNames } from "../endpoint/names.ts";
import { randomId } from "../endpoint/random.ts";
import { tokenOf } from "../endpoint/token.ts";
import { WirehallError } from "../errors.ts";
import { isSigned, readContent, readTicket, writeTicket } from "./format.ts";
import { TicketKeys, type TicketSecret } from "./keys.ts";
import type { OnceStore } from "./once.ts";

export interface TicketOptions {
  /**
   * At least 32 bytes that nobody can guess, the same on each server that issues or redeems. Of a list the first
   * signs and all are accepted: to change it, put the new one in front, and drop the old one a lifetime later.
   */
  readonly secret: TicketSecret | readonly TicketSecret[];
  /** So long is a ticket good: as long as it takes to connect with it [30,000]. */
  readonly lifetimeMs?: number;
  /** How much the clocks of the servers may differ: so long after its end a ticket is still taken [5,000]. */
  readonly clockSkewMs?: number;
  /** The time in milliseconds since 1970 [Date.now]. */
  readonly now?: () => number;
}

/** What a ticket is to let in to. */
export interface TicketGrant<Data> {
  /** Of the URL to connect to, such as "/chat/lobby": the ticket is good for no other. */
  readonly path: string;
  /** What JSON can say of who may come in. It is signed and not encrypted: its holder can read it. */
  readonly data: Data;
}

export interface RedeemOptions {
  /** Makes tickets good for one time; without it one is good as often as it is shown before it expires. */
  readonly once?: OnceStore;
  /** The path that was asked for [the request's]. For apps that are mounted where the request no longer shows it. */
  readonly path?: string;
}

/** Why a ticket is not taken, for a log; a stranger need not know. */
export type TicketFault =
  | "missing"
  | "malformed"
  | "unknown-key"
  | "forged"
  | "expired"
  | "other-path"
  | "used";

/** What came of redeeming: what the ticket was issued with, or why it is not taken. */
export type Redemption<Data> =
  | { readonly ok: true; readonly data: Data; readonly id: string; readonly expiresAt: number }
  | { readonly ok: false; readonly reason: TicketFault };

/** Issues and redeems tickets. */
export interface Tickets<Data> {
  /**
   * A ticket: for `?ticket=` as it is, or for `tokenSubprotocol`.
   *
   * Rejects with `INVALID_ARGUMENT` for what is no path and for data that JSON can't say, and with `TICKET_TOO_BIG`.
   */
  issue(grant: TicketGrant<Data>): Promise<string>;
  /** Takes the ticket of a request, from `?ticket=` or the token among the subprotocols. */
  redeem(request: Request, options?: RedeemOptions): Promise<Redemption<Data>>;
}

const LIFETIME_MS = 30_000;
const CLOCK_SKEW_MS = 5_000;

/**
 * Signed tickets that live shortly: a page asks for one over HTTP, where it can prove who its user is, and shows it
 * when it connects. By HMAC-SHA-256 of the Web Cryptography API.
 *
 * Throws `INVALID_OPTION`, such as for a secret that is too short.
 */
export function tickets<Data = unknown>(options: TicketOptions): Tickets<Data> {
  checkNames("tickets", options, ["secret", "lifetimeMs", "clockSkewMs", "now"]);
  return new TicketOffice<Data>(options);
}

class TicketOffice<Data> implements Tickets<Data> {
  readonly #keys: TicketKeys;
  readonly #lifetimeMs: number;
  readonly #clockSkewMs: number;
  readonly #now: () => number;

  constructor({
    secret,
    lifetimeMs = LIFETIME_MS,
    clockSkewMs = CLOCK_SKEW_MS,
    now = Date.now,
  }: TicketOptions) {
    this.#keys = new TicketKeys(secret);
    this.#lifetimeMs = checkMs("lifetimeMs", lifetimeMs, 1);
    this.#clockSkewMs = checkMs("clockSkewMs", clockSkewMs, 0);
    this.#now = now;
  }

  async issue({ path, data }: TicketGrant<Data>): Promise<string> {
    const expiresAt = this.#now() + this.#lifetimeMs;
    return await writeTicket(await this.#keys.signing(), {
      id: randomId(),
      path: readPath(path),
      expiresAt,
      data,
    });
  }

  async redeem(request: Request, options: RedeemOptions = {}): Promise<Redemption<Data>> {
    checkNames("redeem", options, ["once", "path"]);
    const { once, path } = options;
    const url = new URL(request.url);
    const shown = shownTickets(url, request);
    if (shown.length === 0) return refuse("missing");
    const parts = shown.length === 1 ? readTicket(shown[0]) : undefined;
    if (parts === undefined) return refuse("malformed");
    const key = await this.#keys.find(parts.keyId);
    if (key === undefined) return refuse("unknown-key");
    if (!(await isSigned(parts, key))) return refuse("forged");
    const content = readContent(parts.body);
    if (content === undefined) return refuse("malformed");
    const { id, expiresAt, data } = content;
    const endsAt = expiresAt + this.#clockSkewMs;
    if (this.#now() >= endsAt) return refuse("expired");
    if (content.path !== (path === undefined ? url.pathname : readPath(path))) return refuse("other-path");
    // Last, so that a ticket that is not taken stays good for who it was made for.
    if (once !== undefined && !(await once.add(id, endsAt))) return refuse("used");
    return { ok: true, data: data as Data, id, expiresAt };
  }
}

/** Two tickets are one too many: which of them another reader of the request would take is not known. */
function shownTickets(url: URL, request: Request): string[] {
  const token = tokenOf(request);
  return [...url.searchParams.getAll("ticket"), ...(token === undefined ? [] : [token])];
}

/** A path as a URL has it, which is how a request shows it. */
function readPath(path: string): string {
  if (typeof path === "string" && /^\/[^?#]*$/.test(path)) {
    const url = `http://host${path}`;
    if (URL.canParse(url)) return new URL(url).pathname;
  }
  throw new WirehallError(
    "INVALID_ARGUMENT",
    `a ticket's path is ${JSON.stringify(path)}: it must begin with "/" and have neither "?" nor "#"`,
  );
}

function checkMs(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new WirehallError(
    "INVALID_OPTION",
    `${name} is ${value}: it must be whole milliseconds from ${least} up`,
  );
}

function refuse(reason: TicketFault): { readonly ok: false; readonly reason: TicketFault } {
  return { ok: false, reason };
}
