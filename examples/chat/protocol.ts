/** What the page and the room say to each other, one JSON text message each, and what is allowed in it. */

export const MAX_NAME = 32;
export const MAX_ROOM = 32;
export const MAX_TEXT = 4_000;
const MAX_ID = 64;

export const NAME_RULE = `A name has 1 to ${MAX_NAME} characters.`;
export const ROOM_RULE = `A room's name has 1 to ${MAX_ROOM} letters, digits, hyphens or underscores.`;

/** A room's name, once lower-cased; the page uses the same pattern. */
export const ROOM_PATTERN: RegExp = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;

export interface Person {
  readonly id: string;
  readonly name: string;
}

export type FromServer =
  | { readonly type: "welcome"; readonly id: string; readonly room: string; readonly here: readonly Person[] }
  | { readonly type: "join" | "leave"; readonly who: Person; readonly at: number }
  | ChatMessage
  /** To one member only: what it sent was not accepted. `id` is that message's, if it had one. */
  | { readonly type: "error"; readonly error: string; readonly id?: string }
  | { readonly type: "pong" };

export interface ChatMessage {
  readonly type: "message";
  /** Chosen by the sender, who so knows it when it comes back, and may safely send it twice. */
  readonly id: string;
  readonly from: Person;
  readonly text: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
}

/** A client may also send plain text: a message without an id. */
export type FromClient =
  | { readonly type: "message"; readonly text: string; readonly id?: string }
  | { readonly type: "ping" };

export type Refusal = Extract<FromServer, { type: "error" }>;

/** Reads what a client sent; the answer is a refusal, in words for people, if it can't be accepted. */
export function read(data: string | Uint8Array): FromClient | Refusal {
  if (typeof data !== "string") return refuse("This chat takes text messages, not binary ones.");
  if (!data.startsWith("{")) return readText(data);
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return refuse("A message that begins with { must be JSON, and this one is not.");
  }
  // JSON that begins with { is an object.
  const { type, text, id } = value as { type?: unknown; text?: unknown; id?: unknown };
  if (type === "ping") return { type };
  if (type !== "message") return refuse('The "type" of a message must be "message" or "ping".');
  if (id !== undefined && !isId(id)) return refuse(`An "id" has 1 to ${MAX_ID} letters, digits, - or _.`);
  if (typeof text !== "string") return refuse('The "text" of a message must be a string.', id);
  return readText(text, id);
}

function readText(text: string, id?: string): FromClient | Refusal {
  if (text.trim() === "") return refuse("The message is empty.", id);
  if (text.length > MAX_TEXT) {
    return refuse(`The message has ${text.length} characters; at most ${MAX_TEXT} are allowed.`, id);
  }
  return { type: "message", text, ...(id !== undefined && { id }) };
}

function refuse(error: string, id?: string): Refusal {
  return { type: "error", error, ...(id !== undefined && { id }) };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ID && /^[\w-]+$/.test(value);
}

// Control characters, and those that change the direction of the text around them.
const UNSAFE = /[\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** The name as it will be shown, "guest" if there is none, undefined if it is too long. */
export function cleanName(raw: string | null): string | undefined {
  const name = (raw ?? "").normalize("NFC").replace(/\s+/g, " ").replace(UNSAFE, "").trim();
  if (name === "") return "guest";
  return name.length > MAX_NAME ? undefined : name;
}

/** The room's one spelling: `Lobby` and `lobby` are the same room. Undefined if it can't be a room's name. */
export function cleanRoom(raw: string): string | undefined {
  const room = raw.normalize("NFC").toLowerCase();
  return room.length <= MAX_ROOM && ROOM_PATTERN.test(room) ? room : undefined;
}
