import type { Clock } from "../../endpoint/clock.ts";
import { WirehallError } from "../../errors.ts";

const encoder = new TextEncoder();

/** What is read of an import: a stream, or all of it at once. */
export type ImportSource = ReadableStream<Uint8Array> | Uint8Array | string;

/** How long the other side may take for its next step. */
export interface Patience {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/**
 * Gives lines as bytes while they are asked for; `done` is called when all were read, or nobody reads on.
 *
 * A reader that takes longer than the time for its next portion gets `TRANSFER_STALLED`.
 */
export function streamOf(
  lines: AsyncGenerator<string>,
  { clock, timeoutMs }: Patience,
  done: () => void,
): ReadableStream<Uint8Array> {
  let cancel: () => void = () => {};
  const end = () => {
    cancel();
    done();
  };
  const patient = (controller: ReadableByteStreamController) => {
    cancel();
    cancel = clock.after(timeoutMs, () => {
      controller.error(stalled("the export is not read on", timeoutMs));
      done();
    });
  };
  return new ReadableStream({
    type: "bytes",
    start: patient,
    async pull(controller) {
      cancel();
      try {
        const { done: isDone, value } = await lines.next();
        if (isDone) {
          controller.close();
          controller.byobRequest?.respond(0);
          end();
        } else {
          controller.enqueue(encoder.encode(value));
          patient(controller);
        }
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel: end,
  });
}

/** The portions of an import, each within the time. */
export async function* portionsOf(source: ImportSource, patience: Patience): AsyncGenerator<Uint8Array> {
  if (typeof source === "string") yield encoder.encode(source);
  else if (source instanceof Uint8Array) yield source;
  else yield* readPatiently(source.getReader(), patience);
}

async function* readPatiently(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { clock, timeoutMs }: Patience,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const late = Promise.withResolvers<never>();
      const cancel = clock.after(timeoutMs, () => late.reject(stalled("nothing more comes", timeoutMs)));
      const { done, value } = await Promise.race([reader.read(), late.promise]).finally(cancel);
      if (done) return;
      yield value;
    }
  } finally {
    // What is left is its owner's: to cancel a request's body would take its answer along.
    reader.releaseLock();
  }
}

function stalled(what: string, timeoutMs: number): WirehallError {
  return new WirehallError(
    "TRANSFER_STALLED",
    `${what} within ${timeoutMs} ms, and the room can't wait longer`,
  );
}
