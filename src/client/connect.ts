import type { AnyContract, Contract } from "../subprotocol/mod.ts";
import { RoomClient } from "./client.ts";
import { type ConnectOptions, resolveConnectOptions } from "./options.ts";
import type { Client } from "./types.ts";
import { webSocketUrl } from "./url.ts";

/**
 * Joins a room, and comes back to it until it is closed: with what was missed, and with what was not sent yet.
 *
 * A `url` that is a function is called for each attempt, for tickets that are good once. Give the room's contract as a
 * type to have messages, calls and members typed. Throws `INVALID_URL` and `INVALID_OPTION`; how the connection fares is
 * the client's `status`.
 */
export function connect<C extends Contract = AnyContract>(
  url: string | URL | (() => string | URL | Promise<string | URL>),
  options: ConnectOptions = {},
): Client<C> {
  const source = typeof url === "function" ? url : webSocketUrl(url);
  return new RoomClient(source, resolveConnectOptions(options)) as unknown as Client<C>;
}
