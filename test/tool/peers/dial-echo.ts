// An echo client by `dial`, for the conformance tool: RUNTIME BASE OPTIONS, the last as JSON. Runs on Node, Deno and Bun.
import process from "node:process";
import type { Dial, DialHandler, DialOptions } from "wirehall/node";

const [runtime, base, optionsText] = process.argv.slice(2);
const { dial, DialError } = (await import(`wirehall/${runtime}`)) as typeof import("wirehall/node");
const options: DialOptions = JSON.parse(optionsText);
/** Cases that run at a time. */
const concurrency = 4;

async function visit(path: string, message: DialHandler["message"]): Promise<void> {
  try {
    const connection = await (dial as Dial)(base + path, { message }, options);
    await connection.closed;
  } catch (error) {
    // Some cases are about a handshake that the client must refuse, or that the tool does: it judges.
    if (!(error instanceof DialError)) throw error;
  }
}

let count = 0;
await visit("/count", (_, data) => {
  count = Number(data);
});
let next = 1;
async function work(): Promise<void> {
  while (next <= count) {
    await visit(`/case/${next++}`, async (connection, data) => {
      if (!connection.send(data)) await connection.drained().catch(() => {});
    });
  }
}
await Promise.all(Array.from({ length: concurrency }, work));
