import type { Store } from "./options.ts";
import { type OutgoingMessage, restoredMessage } from "./outgoing.ts";

/** What is used of a storage, such as `sessionStorage`. */
export interface StringStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Head {
  readonly session?: string;
  /** Ids of messages: from the first up to, and without, the next. */
  readonly first: number;
  readonly next: number;
}

interface Kept {
  readonly clientSeq?: number;
  readonly json?: string;
  /** In base64. */
  readonly bytes?: string;
}

/** The most that is looked for. */
const MAX_KEPT = 100_000;

/**
 * Keeps the session and outbox of one client in a storage, so that what was not settled when the page was reloaded is
 * sent after it, once. Give each room and user another key, and each client its own store.
 *
 * A storage that is forbidden, full or broken is done without.
 */
export function storeIn(storage: StringStorage, key: string): Store {
  return new StoredSession(storage, key);
}

/**
 * Session and outbox in a storage: the head by the key, and each message by the key and its id, so that a long outbox is
 * not written again and again.
 */
class StoredSession implements Store {
  readonly session: string | undefined;
  readonly messages: readonly OutgoingMessage[];
  readonly #storage: StringStorage;
  readonly #key: string;
  /** Of the messages that are kept, in order. */
  readonly #ids = new Set<number>();
  #next: number;
  #token: string | undefined;

  constructor(storage: StringStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
    const { session, first, next } = this.#read<Head>(key) ?? { first: 0, next: 0 };
    this.session = typeof session === "string" && /^[\w.~-]{1,1024}$/.test(session) ? session : undefined;
    this.#token = this.session;
    const messages: OutgoingMessage[] = [];
    for (let id = first; id < next && id < first + MAX_KEPT; id++) {
      const message = this.#readMessage(id);
      if (message === undefined) continue;
      messages.push(message);
      this.#ids.add(id);
    }
    this.messages = messages;
    this.#next = next;
  }

  keepSession(token: string | undefined): void {
    this.#token = token;
    this.#writeHead();
  }

  keep({ id, clientSeq, json, payload }: OutgoingMessage): void {
    const bytes = json === undefined ? toBase64(payload.data as Uint8Array) : undefined;
    this.#write(`${this.#key}.${id}`, { clientSeq, json, bytes } satisfies Kept);
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    this.#next = id + 1;
    this.#writeHead();
  }

  drop({ id }: OutgoingMessage): void {
    this.#ids.delete(id);
    this.#writeHead();
    try {
      this.#storage.removeItem(`${this.#key}.${id}`);
    } catch {}
  }

  #writeHead(): void {
    const first = this.#ids.values().next().value ?? this.#next;
    this.#write(this.#key, { session: this.#token, first, next: this.#next } satisfies Head);
  }

  #readMessage(id: number): OutgoingMessage | undefined {
    const kept = this.#read<Kept>(`${this.#key}.${id}`);
    if (kept === undefined) return undefined;
    const bytes = kept.bytes === undefined ? undefined : fromBase64(kept.bytes);
    // A number belongs to its session.
    return restoredMessage(id, kept.json, bytes, this.session === undefined ? undefined : kept.clientSeq);
  }

  #read<T>(key: string): T | undefined {
    try {
      return JSON.parse(this.#storage.getItem(key) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  #write(key: string, value: object): void {
    try {
      this.#storage.setItem(key, JSON.stringify(value));
    } catch {}
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
