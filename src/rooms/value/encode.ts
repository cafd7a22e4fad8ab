import { WirehallError } from "../../errors.ts";
import { MAX_DEPTH, tag, VERSION, views } from "./format.ts";

const encoder = new TextEncoder();

/** What a value is for: for its errors, and for its bound. */
export interface ValueUse {
  /** The `code` of errors. */
  readonly code: string;
  /** How errors call it: `a member's state`. */
  readonly what: string;
  readonly maxBytes: number;
}

/**
 * Writes a value as bytes that are read alike on every runtime, and held by nobody else.
 *
 * Takes undefined, null, booleans, numbers, bigints, text, Date, plain objects, arrays, Map, Set, ArrayBuffer and its
 * views. Throws for anything else (a class instance, a function, an error), for a value that holds itself, and for
 * more bytes than the bound.
 */
export function encode(value: unknown, use: ValueUse): Uint8Array {
  const writer = new Writer(use);
  writer.byte(VERSION);
  writer.value(value, 0);
  return writer.taken();
}

class Writer {
  readonly #use: ValueUse;
  #bytes = new Uint8Array(64);
  #view: DataView | undefined;
  #length = 0;

  constructor(use: ValueUse) {
    this.#use = use;
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        this.#text(value);
        break;
      case "number":
        this.#number(value);
        break;
      case "boolean":
        this.byte(value ? tag.true : tag.false);
        break;
      case "undefined":
        this.byte(tag.undefined);
        break;
      case "bigint":
        this.#bigint(value);
        break;
      case "object":
        if (value === null) this.byte(tag.null);
        else this.#object(value, depth + 1);
        break;
      default:
        throw this.#refused(`a ${typeof value}`);
    }
  }

  #object(value: object, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw this.#error(`lies deeper than ${MAX_DEPTH} in itself, or holds itself`);
    }
    const kind = kindOf(value);
    switch (kind) {
      case "Object":
        this.#plain(value, depth);
        break;
      case "Array":
        this.#items(tag.array, (value as unknown[]).length, value as unknown[], depth);
        break;
      case "Map":
        this.#map(value as Map<unknown, unknown>, depth);
        break;
      case "Set":
        this.#items(tag.set, (value as Set<unknown>).size, value as Set<unknown>, depth);
        break;
      case "Date":
        this.byte(tag.date);
        this.#double((value as Date).getTime());
        break;
      case "ArrayBuffer":
        this.byte(tag.buffer);
        this.#binary(new Uint8Array(value as ArrayBuffer));
        break;
      default:
        if (!ArrayBuffer.isView(value)) throw this.#refused(kind);
        this.#viewOf(value, kind);
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.byte(tag.map);
    this.#size(map.size);
    for (const [key, item] of map) {
      this.value(key, depth);
      this.value(item, depth);
    }
  }

  #items(kind: number, count: number, items: Iterable<unknown>, depth: number): void {
    this.byte(kind);
    this.#size(count);
    for (const item of items) this.value(item, depth);
  }

  #plain(value: object, depth: number): void {
    const prototype: object | null = Object.getPrototypeOf(value);
    // An object of another realm has that realm's prototype.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw this.#refused(`an instance of ${value.constructor?.name || "a class"}`);
    }
    const keys = Object.keys(value);
    this.byte(tag.object);
    this.#size(keys.length);
    for (const key of keys) {
      this.#text(key);
      this.value((value as Record<string, unknown>)[key], depth);
    }
  }

  #text(text: string): void {
    if (!text.isWellFormed()) {
      this.byte(tag.looseText);
      this.#size(text.length * 2);
      this.#reserve(text.length * 2);
      for (let index = 0; index < text.length; index++) {
        this.#data.setUint16(this.#length, text.charCodeAt(index), true);
        this.#length += 2;
      }
      return;
    }
    this.byte(tag.text);
    const start = this.#length;
    if (text.length < 64 && this.#ascii(text)) return;
    this.#length = start;
    const bytes = encoder.encode(text);
    this.#size(bytes.length);
    this.#copy(bytes);
  }

  /** Short texts are mostly ASCII: one byte a character, written as they are. */
  #ascii(text: string): boolean {
    this.#reserve(text.length + 1);
    this.#bytes[this.#length++] = text.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      this.#bytes[this.#length++] = code;
    }
    return true;
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.byte(tag.integer);
      this.#size(((value << 1) ^ (value >> 31)) >>> 0);
    } else {
      this.byte(tag.double);
      this.#double(value);
    }
  }

  #double(value: number): void {
    this.#reserve(8);
    this.#data.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  #bigint(value: bigint): void {
    this.byte(tag.bigint);
    this.byte(value < 0n ? 1 : 0);
    const digits = (value < 0n ? -value : value).toString(16);
    if (digits.length / 2 > this.#use.maxBytes) throw this.#tooLong();
    const bytes = new Uint8Array(Math.ceil(digits.length / 2));
    for (let index = 0; index < bytes.length; index++) {
      const end = digits.length - 2 * index;
      bytes[index] = Number.parseInt(digits.slice(Math.max(0, end - 2), end), 16);
    }
    this.#binary(bytes);
  }

  #viewOf(value: ArrayBufferView, name: string): void {
    const number = views.findIndex(([known]) => known === name);
    if (number === -1) throw this.#refused(name);
    this.byte(tag.view);
    this.byte(number);
    this.#binary(new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength));
  }

  #binary(bytes: Uint8Array): void {
    this.#size(bytes.length);
    this.#copy(bytes);
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #size(size: number): void {
    let rest = size;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  get #data(): DataView {
    this.#view ??= new DataView(this.#bytes.buffer);
    return this.#view;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > this.#use.maxBytes) throw this.#tooLong();
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#bytes.length * 2, this.#use.maxBytes)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = undefined;
  }

  #tooLong(): WirehallError {
    return this.#error(`has more than ${this.#use.maxBytes} bytes, the limit`);
  }

  #refused(what: string): WirehallError {
    return this.#error(
      `can't hold ${what}: use plain objects, arrays, Map, Set, Date, ArrayBuffer and its views, and primitive values`,
    );
  }

  #error(wrong: string): WirehallError {
    return new WirehallError(this.#use.code, `${this.#use.what} ${wrong}`);
  }
}

/** `Object`, `Map`, `Uint8Array`: also for what another realm made. */
function kindOf(value: object): string {
  if (Array.isArray(value)) return "Array";
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
