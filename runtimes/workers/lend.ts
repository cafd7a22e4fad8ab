import type { ImportSource } from "../../src/rooms/transfer/stream.ts";

/** Gives what is read of an import to another object, as a stream of bytes, and back what was not read. */
export async function lend<T>(source: ImportSource, use: (lent: ImportSource) => Promise<T>): Promise<T> {
  if (!(source instanceof ReadableStream)) return await use(source);
  const reader = source.getReader();
  try {
    return await use(bytesOf(reader));
  } finally {
    reader.releaseLock();
  }
}

function bytesOf(reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { done, value } = await reader.read();
      if (value !== undefined) controller.enqueue(value as Uint8Array<ArrayBuffer>);
      if (!done) return;
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
