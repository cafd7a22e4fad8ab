import { WirehallError } from "../../errors.ts";
import { MAX_DEPTH, tag, VERSION, views } from "./format.ts";

// A byte order mark at the beginning of a text is part of it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what `encode` wrote, a copy of its own each time. Throws `VALUE_CORRUPT` for what it did not write. */
export function decode(bytes: Uint8Array): unknown {
  try {
    const reader = new Reader(bytes);
    const version = reader.byte();
    if (version !== VERSION) throw new Error(`it has version ${version}, this is version ${VERSION}`);
    const value = reader.value(0);
    if (reader.left > 0) throw new Error(`${reader.left} bytes are left over`);
    return value;
  } catch (cause) {
    throw new WirehallError(
      "VALUE_CORRUPT",
      `a value that was kept can't be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #data: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++];
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Error("it lies too deep");
    const kind = this.byte();
    switch (kind) {
      case tag.undefined:
        return undefined;
      case tag.null:
        return null;
      case tag.false:
        return false;
      case tag.true:
        return true;
      case tag.integer: {
        const zigzag = this.#size();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case tag.double:
        return this.#double();
      case tag.text:
      case tag.looseText:
        return this.#text(kind);
      case tag.bigint:
        return this.#bigint();
      case tag.date:
        return new Date(this.#double());
      case tag.buffer:
        return this.#binary(this.#size()).slice().buffer;
      case tag.view:
        return this.#view();
      default:
        return this.#container(kind, depth + 1);
    }
  }

  #container(kind: number, depth: number): unknown {
    const count = this.#size();
    switch (kind) {
      case tag.array: {
        const items: unknown[] = [];
        for (let index = 0; index < count; index++) items.push(this.value(depth));
        return items;
      }
      case tag.object: {
        const object: Record<string, unknown> = {};
        for (let index = 0; index < count; index++) {
          const key = this.#text(this.byte());
          const value = this.value(depth);
          if (key === "__proto__") Object.defineProperty(object, key, { ...ORDINARY, value });
          else object[key] = value;
        }
        return object;
      }
      case tag.map: {
        const map = new Map<unknown, unknown>();
        for (let index = 0; index < count; index++) map.set(this.value(depth), this.value(depth));
        return map;
      }
      case tag.set: {
        const set = new Set<unknown>();
        for (let index = 0; index < count; index++) set.add(this.value(depth));
        return set;
      }
      default:
        throw new Error(`the tag ${kind} is unknown`);
    }
  }

  #text(kind: number): string {
    const length = this.#size();
    const bytes = this.#binary(length);
    if (kind === tag.looseText) {
      let text = "";
      for (let at = 0; at + 1 < length; at += 2)
        text += String.fromCharCode(bytes[at] | (bytes[at + 1] << 8));
      return text;
    }
    if (kind !== tag.text) throw new Error(`the tag ${kind} is no text`);
    return decoder.decode(bytes);
  }

  #bigint(): bigint {
    const isNegative = this.byte() === 1;
    let digits = "0x0";
    const bytes = this.#binary(this.#size());
    for (let index = bytes.length - 1; index >= 0; index--)
      digits += bytes[index].toString(16).padStart(2, "0");
    return isNegative ? -BigInt(digits) : BigInt(digits);
  }

  #view(): ArrayBufferView {
    const number = this.byte();
    const view = views[number];
    if (view === undefined) throw new Error(`the view ${number} is unknown`);
    const [, View] = view;
    return new View(this.#binary(this.#size()).slice().buffer);
  }

  #double(): number {
    this.#need(8);
    const value = this.#data.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  #binary(length: number): Uint8Array<ArrayBuffer> {
    this.#need(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at) as Uint8Array<ArrayBuffer>;
  }

  #size(): number {
    let size = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) return size >>> 0;
    }
    throw new Error("a length is too long");
  }

  #need(bytes: number): void {
    if (bytes > this.left) throw new Error("it ends too early");
  }
}

const ORDINARY = { writable: true, enumerable: true, configurable: true };
