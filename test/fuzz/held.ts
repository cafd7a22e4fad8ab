// How many bytes of arrays are alive that were made, or given away, since it began. By the garbage collector, so
// that what nothing refers to does not count, whatever the objects between look like.
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const isBun: boolean = process.versions.bun !== undefined;
const collect: () => void = isBun ? bunGc() : exposedGc();
/**
 * Arrays of one watcher that may be alive although nothing refers to them: JavaScriptCore takes whatever on the
 * stack looks like a pointer for one. V8 is exact.
 */
export const LEFT_BY_ENGINE: number = isBun ? 4 : 0;

function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

function bunGc(): () => void {
  const { Bun } = globalThis as unknown as { Bun: { gc(now: boolean): void } };
  return () => Bun.gc(true);
}

export class HeldBytes {
  readonly #refs: WeakRef<ArrayBufferLike>[] = [];

  /** Counts the array's memory for as long as anything keeps it. */
  watch(array: Uint8Array): void {
    this.#refs.push(new WeakRef(array.buffer));
  }

  /** Watches each Uint8Array that is made meanwhile. */
  during(meanwhile: () => void): void {
    const plain = globalThis.Uint8Array;
    const watch = this.watch.bind(this);
    globalThis.Uint8Array = new Proxy(plain, {
      construct(target, given: [number]) {
        const made = new target(...given);
        watch(made);
        return made;
      },
    });
    try {
      meanwhile();
    } finally {
      globalThis.Uint8Array = plain;
    }
  }

  /** The sizes of what is alive, after `collectGarbage`. */
  get sizes(): number[] {
    const alive = new Set(this.#refs.map((ref) => ref.deref()));
    return [...alive].flatMap((buffer) => buffer?.byteLength ?? []);
  }
}

export async function collectGarbage(): Promise<void> {
  // What was made or looked at in a task is kept to its end.
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  await new Promise((resolve) => setTimeout(resolve));
}
