import { WirehallError } from "../../errors.ts";

/** The version of the format of exports. */
export const VERSION = 1;

/** One line of an export, as JSON. `docs/rooms.md` specifies it. */
export type Line =
  /** The first: what this is. */
  | { readonly wirehall: "room"; readonly version: number; readonly class: string; readonly name: string }
  /** An entry of storage, whose value JSON can hold. */
  | { readonly key: string; readonly value: unknown }
  /** An entry of storage, whose value is written as storage keeps it. */
  | { readonly key: string; readonly bytes: string }
  /** What else the library keeps for the room. */
  | { readonly cell: string; readonly bytes: string }
  /** SQL that makes a table, an index, a trigger or a view. */
  | { readonly sql: string }
  /** Rows of a table. */
  | { readonly table: string; readonly columns: readonly string[]; readonly rows: readonly SqlText[][] }
  /** The last: how many lines came before it. */
  | { readonly end: number };

/** A value of SQLite: text as it is, a whole number within 2^53 as a number. */
export type SqlText =
  | null
  | string
  | number
  | { readonly integer: string }
  | { readonly real: string }
  | { readonly bytes: string };

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x2000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  }
  return btoa(binary);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Whether JSON holds the value as it is, so that people can read it. */
export function isJson(value: unknown): boolean {
  if (value === null || typeof value === "boolean" || typeof value === "string") return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || Object.prototype.toString.call(value) !== "[object Object]") return false;
  return Object.entries(value).every(([key, item]) => key !== "__proto__" && isJson(item));
}

/** Reads lines from bytes in any portions. Throws `IMPORT_INVALID` for what is no export. */
export class LineReader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #rest = "";
  #count = 0;
  #ended = false;

  *read(bytes: Uint8Array): Iterable<Line> {
    const text = this.#try(this.#count + 1, () => this.#decoder.decode(bytes, { stream: true }));
    yield* this.#lines(text);
  }

  /** Throws where the export is not whole. */
  end(): void {
    if (this.#ended && this.#rest.trim() === "") return;
    throw invalid(
      this.#count,
      this.#count === 0 ? "it is empty" : "it was cut off: its last line is missing",
    );
  }

  *#lines(text: string): Iterable<Line> {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE_LENGTH) throw invalid(this.#count + 1, "the line is too long");
    for (const line of lines) yield this.#parse(line);
  }

  #parse(text: string): Line {
    if (this.#ended) throw invalid(this.#count + 1, "there is something behind its end");
    const line = this.#try(this.#count + 1, () => JSON.parse(text) as Line);
    this.#check(line);
    this.#count++;
    return line;
  }

  #check(line: Line): void {
    if (typeof line !== "object" || line === null) throw invalid(this.#count + 1, "the line is no object");
    if ((this.#count === 0) !== "wirehall" in line) {
      throw invalid(this.#count + 1, 'it begins with {"wirehall":"room",...}, once');
    }
    if ("wirehall" in line && (line.wirehall !== "room" || line.version !== VERSION)) {
      throw invalid(
        1,
        `it is a ${line.wirehall} of version ${line.version}, and this reads version ${VERSION}`,
      );
    }
    if (!("end" in line)) return;
    if (line.end !== this.#count)
      throw invalid(this.#count + 1, `it ends after ${line.end} lines, these are others`);
    this.#ended = true;
  }

  /** What goes wrong with the line that was read last is the export's fault. */
  using<T>(use: () => T): T {
    return this.#try(this.#count, use);
  }

  #try<T>(line: number, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw invalid(line, (cause as Error).message);
    }
  }
}

/** A line of rows ends behind the row that takes it over 1 MiB, and a row may have several values of 2 MiB. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

export function invalid(line: number, what: string): WirehallError {
  return new WirehallError("IMPORT_INVALID", `line ${line} of the export: ${what}`);
}
