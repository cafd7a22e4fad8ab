import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { newFolder } from "../storage/places.ts";
import type { ScriptClient } from "../support/script-client.ts";
import { launchers, Program } from "./program.ts";

const folder = newFolder();
const rounds = 4;

/** How a room writes a number, and what it has. */
const ways = {
  script: {
    write: (number: number) => [
      ["put", `n${String(number).padStart(9, "0")}`, number],
      ["put", "last", number],
    ],
    async read(client: ScriptClient) {
      const [entries, last] = await client.run(["list", { prefix: "n" }], ["get", "last"]);
      return { all: (entries as [string, number][]).map(([, number]) => number), last };
    },
  },
  sql: {
    write: (number: number) => [
      ["exec", "INSERT INTO said (text, more) VALUES ('n', ?)", number],
      ["put", "last", number],
    ],
    async read(client: ScriptClient) {
      const [rows] = await client.run(["exec", "SELECT more FROM said ORDER BY id"]);
      const [last] = await client.run(["get", "last"]);
      return { all: (rows as { more: number }[]).map(({ more }) => more), last };
    },
  },
} as const;

for (const launcher of launchers) {
  for (const [kind, { write, read }] of Object.entries(ways)) {
    test(`${launcher.runtime}: what was acknowledged before a kill -9 is there after it, and each turn is whole: ${kind}`, async () => {
      const path = join(folder, `${launcher.runtime}-${kind}`, "hall.db");
      let next = 0;
      let acknowledged = 0;
      for (let round = 0; round < rounds; round++) {
        const program = new Program(launcher, path);
        const client = await program.join(kind as keyof typeof ways, "r");
        const { all, last } = await read(client);
        // Those that were acknowledged, and perhaps some of which nobody heard; none twice, none missing in between.
        assert.deepEqual(
          all,
          Array.from({ length: all.length }, (_, number) => number),
        );
        assert.ok(all.length >= acknowledged, `${all.length} of ${acknowledged} are there`);
        assert.equal(last, all.length === 0 ? null : all.length - 1);
        next = all.length;
        acknowledged = next;
        const enough = acknowledged + 1 + Math.floor(Math.random() * 300);
        const inFlight = 1 + Math.floor(Math.random() * 40);
        while (acknowledged < enough) {
          while (next < acknowledged + inFlight) client.send(...(write(next++) as [string][]));
          await client.next();
          acknowledged++;
        }
        await program.kill();
        client.raw.socket.destroy();
      }
      assert.ok(acknowledged > rounds);
    });
  }

  test(`${launcher.runtime}: a second process is refused, by the name of the first; when that was killed it is not`, async () => {
    const path = join(folder, `${launcher.runtime}-lock`, "hall.db");
    const first = new Program(launcher, path);
    await (await first.join("script", "r")).run(["put", "a", 1]);
    // Another runtime heeds the same lock.
    for (const other of launchers) {
      const second = new Program(other, path);
      const { code, said } = await second.end();
      assert.equal(code, 1);
      assert.match(
        said,
        new RegExp(`listen-failed: the hall's file .* is in use by pid ${first.pid}:`),
        said,
      );
    }
    await first.kill();
    const third = new Program(launcher, path);
    assert.deepEqual(await (await third.join("script", "r")).run(["get", "a"]), [1]);
    await third.kill();
  });
}

test("a file that one runtime wrote is read on the others", async () => {
  const path = join(folder, "across", "hall.db");
  const names = ["maps", "bigints", "dates", "halves of surrogate pairs", "text beyond ASCII", "long words"];
  const expected: unknown[][] = [];
  for (const launcher of launchers) {
    const program = new Program(launcher, path);
    const client = await program.join("script", "r");
    for (const writer of launchers.slice(0, expected.length)) {
      const kept = await client.run(...names.map((name) => ["kept", `${writer.runtime} ${name}`] as const));
      assert.deepEqual(kept, expected[0]);
    }
    await client.run(...names.map((name) => ["keep", name, `${launcher.runtime} ${name}`] as const));
    const own = names.map((name) => ["kept", `${launcher.runtime} ${name}`] as const);
    expected.push(await client.run(...own));
    assert.deepEqual(expected.at(-1), expected[0]);
    assert.notEqual(expected[0][0], "undefined");
    await program.kill();
  }
});
