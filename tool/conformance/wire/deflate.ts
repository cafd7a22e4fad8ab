import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** RFC 7692, 7.2.1: what a sender removes from the end of a message, and a receiver appends again. */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** A final block of nothing: behind a message it ends the data where the message ended as it must, and only there. */
const end = Buffer.from([0x03, 0x00]);

/** One direction of a connection with permessage-deflate. */
export interface Direction {
  /** Base-2 logarithm of the LZ77 window, 8 to 15. */
  readonly windowBits: number;
  /** Whether each message starts with an empty window. */
  readonly noContextTakeover: boolean;
}

/** What the two sides agreed on. */
export interface Agreement {
  readonly toSubject: Direction;
  readonly fromSubject: Direction;
}

/** The last bytes of all messages so far: as a preset dictionary they are the window that was taken over. */
class Window {
  readonly #direction: Direction;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  get dictionary(): { dictionary?: Buffer } {
    return this.#bytes.length === 0 ? {} : { dictionary: this.#bytes };
  }

  add(message: Uint8Array): void {
    if (this.#direction.noContextTakeover) return;
    const size = 1 << this.#direction.windowBits;
    this.#bytes = Buffer.concat([this.#bytes, message.subarray(-size)]).subarray(-size);
  }
}

export class Deflater {
  readonly #direction: Direction;
  readonly #window: Window;

  constructor(direction: Direction) {
    this.#direction = direction;
    this.#window = new Window(direction);
  }

  message(data: Uint8Array): Buffer {
    const { windowBits } = this.#direction;
    const options = {
      finishFlush: constants.Z_SYNC_FLUSH,
      // zlib has no raw window of 8 bits: without matches none is too far back.
      ...(windowBits === 8
        ? { windowBits: 9, strategy: constants.Z_HUFFMAN_ONLY }
        : { windowBits, ...this.#window.dictionary }),
    };
    const out = deflateRawSync(data, options);
    this.#window.add(data);
    return data.length === 0 ? Buffer.from([0]) : out.subarray(0, -tail.length);
  }
}

/** What zlib returns with `info`. */
interface Inflated {
  readonly buffer: Buffer;
  /** How much of the input was read. */
  readonly engine: { readonly bytesWritten: number };
}

export class Inflater {
  readonly #direction: Direction;
  readonly #window: Window;

  constructor(direction: Direction) {
    this.#direction = direction;
    this.#window = new Window(direction);
  }

  /** Throws when the data is corrupt, looks back farther than the window, or does not end with an empty block. */
  message(data: Uint8Array): Buffer {
    const parts: Buffer[] = [];
    // zlib stops behind each block with BFINAL, of which there may be several.
    for (let rest = Buffer.concat([data, tail, end]); rest.length > 0; ) {
      const { buffer, engine } = this.#inflate(rest);
      this.#window.add(buffer);
      parts.push(buffer);
      rest = rest.subarray(engine.bytesWritten);
    }
    return Buffer.concat(parts);
  }

  #inflate(data: Buffer): Inflated {
    const { windowBits } = this.#direction;
    return inflateRawSync(data, {
      windowBits,
      // zlib looks at distances only where the output is cut: small pieces make it see those beyond the window.
      ...(windowBits < 15 ? { chunkSize: 64 } : {}),
      ...this.#window.dictionary,
      info: true,
    }) as unknown as Inflated;
  }
}
