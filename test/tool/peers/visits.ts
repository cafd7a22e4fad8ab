import type { Dial, DialHandler, DialOptions } from "wirehall/node";

/** Cases that run at a time. */
const concurrency = 4;

/** An echo client by `dial` in all cases of the conformance tool at `base`; `isExpected` tells a `DialError`. */
export async function visitCases(
  dial: Dial,
  isExpected: (error: unknown) => boolean,
  base: string,
  options: DialOptions,
): Promise<void> {
  const visit = async (path: string, message: DialHandler["message"]): Promise<void> => {
    try {
      const connection = await dial(base + path, { message }, options);
      await connection.closed;
    } catch (error) {
      // Some cases are about a handshake that the client must refuse, or that the tool does: it judges.
      if (!isExpected(error)) throw error;
    }
  };
  let count = 0;
  await visit("/count", (_, data) => {
    count = Number(data);
  });
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= count) {
      await visit(`/case/${next++}`, async (connection, data) => {
        if (!connection.send(data)) await connection.drained().catch(() => {});
      });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}
