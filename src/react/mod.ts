import { useState, useSyncExternalStore } from "react";
import {
  type AnyContract,
  type Client,
  type ConnectOptions,
  type Contract,
  connect,
  type PresenceOf,
  type Status,
} from "../client/mod.ts";

/** A room as a component sees it; another object at each change, and never changed itself. */
export interface RoomView<C extends Contract = AnyContract> {
  /** Undefined until the component is mounted, as on a server. */
  readonly client: Client<C> | undefined;
  readonly status: Status;
  readonly members: ReadonlyMap<string, PresenceOf<C>>;
}

/** Options of `useRoom`; they are those of the first render with a key. */
export interface UseRoomOptions extends ConnectOptions {
  /** Which room it is: with another key it is left, and the other joined [the URL]. Give one with a URL that is a function. */
  readonly key?: string;
}

type RoomUrl = Parameters<typeof connect>[0];

/**
 * Joins a room while the component is mounted, and renders again when its status or who is in it changes.
 *
 * Messages render nothing by themselves: listen to them in an effect of `client`.
 */
export function useRoom<C extends Contract = AnyContract>(
  url: RoomUrl,
  options: UseRoomOptions = {},
): RoomView<C> {
  const { key = typeof url === "function" ? "" : String(url), ...rest } = options;
  const [held, hold] = useState(() => new Lease<C>(key, url, rest));
  const lease = held.key === key ? held : new Lease<C>(key, url, rest);
  if (lease !== held) hold(lease);
  return useSyncExternalStore(lease.subscribe, lease.view, lease.view);
}

const BEFORE: Status = { state: "connecting", retryAt: undefined, failures: 0, error: undefined };

/** A client for as long as a component is subscribed to it. */
class Lease<C extends Contract> {
  readonly key: string;
  readonly #url: RoomUrl;
  readonly #options: ConnectOptions;
  readonly #subscribers = new Set<() => void>();
  #view: RoomView<C> = { client: undefined, status: BEFORE, members: new Map() };

  constructor(key: string, url: RoomUrl, options: ConnectOptions) {
    this.key = key;
    this.#url = url;
    this.#options = options;
  }

  readonly view = (): RoomView<C> => this.#view;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#subscribers.add(changed);
    if (this.#view.client === undefined) this.#join();
    return () => {
      this.#subscribers.delete(changed);
      // React may subscribe again at once, as it does in strict mode.
      queueMicrotask(() => {
        if (this.#subscribers.size === 0) this.#leave();
      });
    };
  };

  #join(): void {
    const client = connect<C>(this.#url, this.#options);
    const look = () => {
      if (this.#view.client === client) this.#show(client);
    };
    client.on("status", look);
    client.on("members", look);
    this.#show(client);
  }

  #leave(): void {
    const { client } = this.#view;
    if (client === undefined) return;
    this.#view = { ...this.#view, client: undefined };
    client.close();
  }

  #show(client: Client<C>): void {
    this.#view = { client, status: client.status, members: client.members };
    for (const changed of [...this.#subscribers]) changed();
  }
}
