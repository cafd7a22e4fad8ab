import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** RFC 7692, 7.2.1: what a sender removes from the end of a message, and a receiver appends again. */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

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

export class Inflater {
  readonly #direction: Direction;
  readonly #window: Window;

  constructor(direction: Direction) {
    this.#direction = direction;
    this.#window = new Window(direction);
  }

  /** Throws when the data is corrupt or looks back farther than the window. */
  message(data: Uint8Array): Buffer {
    const { windowBits } = this.#direction;
    const out = inflateRawSync(Buffer.concat([data, tail]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits,
      // zlib looks at distances only where the output is cut: small pieces make it see those beyond the window.
      ...(windowBits < 15 ? { chunkSize: 64 } : {}),
      ...this.#window.dictionary,
    });
    this.#window.add(out);
    return out;
  }
}
