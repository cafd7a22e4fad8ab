/** The size of a slab of the pool. */
export const SLAB_BYTES = 65_536;
/** Frames that may need more than this get a buffer of their own. */
export const MAX_POOLED_BYTES = 16_384;

/** Where an encoded frame lies: `bytes[start..end)`. */
export interface Slice {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** A slice that is a smaller part of its buffer is copied where it has to wait: it would keep all of it alive. */
const MIN_KEPT_PART = 1 / 4;
const MIN_COPY_BYTES = 1024;

const NOTHING: Uint8Array = new Uint8Array(0);
const NO_CHUNKS: readonly Uint8Array[] = [];

// Frames of all wires are encoded one after another into a slab, so that the frames of one read lie next to
// each other and leave as one chunk. What was handed out is never written to again: a full slab is left to
// the garbage collector.
let slab: Uint8Array = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * Points `slice` at room for `bytes` (at most SLAB_BYTES) in the pool.
 *
 * Nothing is taken until `commit`, and nothing else may be encoded before it.
 */
export function reserve(bytes: number, slice: Slice): void {
  if (SLAB_BYTES - used < bytes) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  slice.bytes = slab;
  slice.start = used;
  slice.end = used + bytes;
}

/** Takes the room up to `slice.end`. */
export function commit(slice: Slice): void {
  used = slice.end;
}

/** What one wire has to write: slices that lie next to each other become one chunk without a copy. */
export class Output {
  /** What is appended is to wait for long: then it must not keep more alive than it is. */
  waits = false;
  #whole: Uint8Array[] | undefined;
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #wholeBytes = 0;
  /** The last bytes lie in a buffer of its own, whose rest is free. */
  #copies = false;

  get bytes(): number {
    return this.#wholeBytes + this.#end - this.#start;
  }

  append(slice: Slice): void {
    if (slice.bytes === this.#bytes && slice.start === this.#end) {
      this.#end = slice.end;
      return;
    }
    if (this.waits && slice.end - slice.start < slice.bytes.length * MIN_KEPT_PART) {
      this.#copy(slice);
      return;
    }
    if (this.#end > this.#start) this.#finishChunk();
    this.#copies = false;
    this.#bytes = slice.bytes;
    this.#start = slice.start;
    this.#end = slice.end;
  }

  take(): readonly Uint8Array[] {
    if (this.#end > this.#start) this.#finishChunk();
    const chunks = this.#whole;
    if (chunks === undefined) return NO_CHUNKS;
    this.#whole = undefined;
    this.#wholeBytes = 0;
    this.#copies = false;
    this.#bytes = NOTHING;
    this.#start = 0;
    this.#end = 0;
    return chunks;
  }

  /** Into buffers of its own that grow with what waits, so that little room is left over. */
  #copy({ bytes, start, end }: Slice): void {
    const size = end - start;
    if (!this.#copies || this.#bytes.length - this.#end < size) {
      if (this.#end > this.#start) this.#finishChunk();
      const room = Math.min(Math.max(this.#wholeBytes, MIN_COPY_BYTES), SLAB_BYTES);
      this.#bytes = new Uint8Array(Math.max(room, size));
      this.#start = 0;
      this.#end = 0;
      this.#copies = true;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#end);
    this.#end += size;
  }

  #finishChunk(): void {
    const chunk = this.#bytes.subarray(this.#start, this.#end);
    if (this.#whole === undefined) this.#whole = [chunk];
    else this.#whole.push(chunk);
    this.#wholeBytes += chunk.length;
    this.#start = this.#end;
  }
}
