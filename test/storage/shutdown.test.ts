import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Hall, Room, rooms } from "wirehall";
import { serve } from "wirehall/serve";
import { attachNative as attachBun } from "../../runtimes/bun/native.ts";
import { attachNative as attachDeno } from "../../runtimes/deno/native.ts";
import { attach } from "../../runtimes/node/attach.ts";
import type { StorageOption, Transport } from "../../src/serve.ts";
import { newFolder } from "./places.ts";

class Counter extends Room {
  async count() {
    const count = ((await this.storage.get<number>("count")) ?? 0) + 1;
    this.storage.put("count", count);
    return count;
  }
}

/** What the test needs of a server, however it was started. */
interface Stoppable {
  shutdown(): Promise<void>;
}

type Start = (hall: Hall, storage: StorageOption) => Promise<Stoppable>;

const folder = newFolder();
const fetch = () => new Response("plain");

const served = (transport: Transport): [string, Start] => [
  `serve, ${transport}`,
  async (hall, storage) => {
    const hostname = "127.0.0.1";
    const server = serve({
      fetch,
      hall,
      storage,
      transport,
      hostname,
      port: 0,
      signals: false,
      onListen() {},
    });
    await server.ready;
    return server;
  },
];

// What it makes for a native server is of use on one runtime alone, but has the hall on each.
const attached: [string, Start][] = [
  ["attach", async (hall, storage) => attach(createServer(), { fetch, hall, storage })],
  ["attachNative of Deno", async (hall, storage) => attachDeno({ fetch, hall, storage })],
  ["attachNative of Bun", async (hall, storage) => attachBun({ fetch, hall, storage })],
];

const isNative = "Deno" in globalThis || "Bun" in globalThis;
const starts = [served("codec"), ...attached, ...(isNative ? [served("native")] : [])];

describe("the file of a server's rooms can be had again when the server was shut down", () => {
  starts.forEach(([name, start], number) => {
    test(name, async () => {
      const storage = { path: join(folder, `${number}`, "hall.db") };
      for (const expected of [1, 2]) {
        const hall = rooms({ Counter });
        const server = await start(hall, storage);
        assert.equal(await hall.Counter.get("r").count(), expected);
        await assert.rejects(async () => await start(rooms({ Counter }), storage), { code: "HALL_IN_USE" });
        await server.shutdown();
        await assert.rejects(hall.Counter.get("r").count(), { code: "HALL_CLOSED" });
      }
    });
  });
});
