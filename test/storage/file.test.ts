import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type Member, Room, rooms, type WirehallError } from "wirehall";
import { testServer } from "wirehall/testing";
import { ServedHall } from "../../runtimes/node/hall.ts";
import { openStorage } from "../../runtimes/node/storage.ts";
import { systemClock } from "../../src/endpoint/clock.ts";
import { serveRooms } from "../rooms/support/serve.ts";
import { newFolder } from "./places.ts";

const folder = newFolder();
let files = 0;
const newPath = () => join(folder, `${++files}`, "hall.db");

class Counter extends Room {
  async count(): Promise<number> {
    const count = ((await this.storage.get<number>("count")) ?? 0) + 1;
    this.storage.put("count", count);
    return count;
  }
  end(): void {
    this.destroy();
  }
}

class SqlCounter extends Room {
  static sql = true;
  override onStart() {
    this.sql.exec("CREATE TABLE IF NOT EXISTS counted (at)");
  }
  count(): number {
    this.sql.exec("INSERT INTO counted VALUES (1)");
    return Number(this.sql.exec("SELECT count(*) AS count FROM counted").one().count);
  }
  end(): void {
    this.destroy();
  }
}

for (const [what, Kind] of [
  ["storage", Counter],
  ["sql", SqlCounter],
] as const) {
  test(`what rooms keep by ${what} is there when the file is opened again`, async () => {
    const path = newPath();
    const names = ["a", "b", "ñ €/😀\0\ud800"];
    for (const count of [1, 2]) {
      const storage = openStorage({ path });
      const { rooms } = serveRooms<Counter | SqlCounter>(Kind, {}, storage);
      for (const name of names) assert.equal(await rooms.get(name).count(), count);
      storage.close();
    }
  });
}

test("a file that is open can't be opened again, and says by whom; it can when it was closed", () => {
  const path = newPath();
  const first = openStorage({ path });
  assert.throws(() => openStorage({ path }), {
    code: "HALL_IN_USE",
    message: `the hall's file ${path} is in use by this process (pid ${process.pid}): one process has a hall at a time`,
  });
  writeFileSync(`${path}.pid`, "4711\n");
  assert.throws(() => openStorage({ path }), { code: "HALL_IN_USE", message: /in use by pid 4711:/ });
  first.close();
  assert.equal(existsSync(`${path}.pid`), false);
  openStorage({ path }).close();
});

test("a pid that a process left behind holds nobody up", () => {
  const path = newPath();
  mkdirSync(join(path, ".."));
  writeFileSync(`${path}.pid`, "1\n");
  openStorage({ path }).close();
});

/** Makes a file by SQLite itself. */
function makeDatabase(path: string, ...statements: string[]): void {
  mkdirSync(join(path, ".."), { recursive: true });
  const database = new DatabaseSync(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

test("what is no file of a hall is refused, and left as it is", () => {
  const garbage = newPath();
  mkdirSync(join(garbage, ".."));
  writeFileSync(garbage, "this is a letter to my mother. ".repeat(100));
  const before = readFileSync(garbage);
  assert.throws(() => openStorage({ path: garbage }), {
    code: "HALL_UNREADABLE",
    message: /can't be read \(file is not a database\): put a copy of it back/,
  });
  assert.deepEqual(readFileSync(garbage), before);

  const foreign = newPath();
  makeDatabase(foreign, "CREATE TABLE letters (text)");
  assert.throws(() => openStorage({ path: foreign }), {
    code: "HALL_UNREADABLE",
    message: /another program/,
  });

  const newer = newPath();
  openStorage({ path: newer }).close();
  makeDatabase(newer, "PRAGMA user_version = 99");
  assert.throws(() => openStorage({ path: newer }), {
    code: "HALL_UNREADABLE",
    message: /has version 99, and this Wirehall reads version 1/,
  });
});

test("a path that can't be a file is refused", () => {
  assert.throws(() => openStorage({ path: folder }), { code: "HALL_UNWRITABLE", message: /can't be opened/ });
  const inFile = join(newPath(), "hall.db");
  mkdirSync(join(inFile, "../.."), { recursive: true });
  writeFileSync(join(inFile, ".."), "");
  assert.throws(() => openStorage({ path: inFile }), {
    code: "HALL_UNWRITABLE",
    message: /look at the folder, its rights/,
  });
});

test("a file whose pages are damaged fails the turns that read them, and no others", async () => {
  const path = newPath();
  const storage = openStorage({ path });
  class Keeper extends Room {
    keep(key: string) {
      this.storage.put(key, "x".repeat(100_000));
    }
    async length(key: string) {
      return String(await this.storage.get(key)).length;
    }
  }
  const before = serveRooms(Keeper, {}, storage);
  for (const key of ["a", "b", "c", "d"]) await before.rooms.get("r").keep(key);
  storage.close();
  const bytes = readFileSync(path);
  // The pages of the last value.
  bytes.fill(0xff, bytes.length - 60_000);
  writeFileSync(path, bytes);
  const reopened = openStorage({ path });
  const after = serveRooms(Keeper, {}, reopened);
  const results = await Promise.allSettled(
    ["a", "b", "c", "d"].map((key) => after.rooms.get("r").length(key)),
  );
  const ends = results.map((result) =>
    result.status === "fulfilled" ? "read" : (result.reason as WirehallError).code,
  );
  assert.deepEqual(ends, ["read", "read", "read", "STORAGE_FAILED"]);
  reopened.close();
});

test("of a room that was destroyed nothing is left, and no file of its own", async () => {
  const path = newPath();
  const storage = openStorage({ path });
  const hall = rooms({ Counter, SqlCounter }, { log: () => {} });
  const { LocalRooms } = await import("../../src/rooms/local/rooms.ts");
  const { bindHall } = await import("../../src/rooms/rooms.ts");
  bindHall(hall, new LocalRooms(storage).locate);
  for (const kind of [hall.Counter, hall.SqlCounter]) {
    assert.equal(await kind.get("r").count(), 1);
    assert.equal(await kind.get("s").count(), 1);
    await kind.get("r").end();
  }
  const sizes = readdirSync(`${path}-rooms`).filter((name) => name.endsWith(".db"));
  assert.equal(sizes.length, 1);
  for (const kind of [hall.Counter, hall.SqlCounter]) {
    assert.equal(await kind.get("r").count(), 1);
    assert.equal(await kind.get("s").count(), 2);
  }
  for (const kind of [hall.Counter, hall.SqlCounter]) await kind.get("r").end();
  storage.close();
  const database = new DatabaseSync(path);
  assert.equal(database.prepare("SELECT count(*) AS count FROM _wirehall_cell").get()?.count, 1);
  assert.equal(database.prepare("SELECT count(*) AS count FROM _wirehall_room").get()?.count, 1);
  database.close();
});

const soon = () => systemClock.now() + 5_000;

test("two servers of one hall have the same rooms, and the last one closes the file", async () => {
  const path = newPath();
  const hall = rooms({ Counter });
  const servers = [1, 2].map(() => new ServedHall({ hall, storage: { path } }));
  for (const server of servers) server.open();
  assert.throws(() => new ServedHall({ hall, storage: { path: newPath() } }).open(), {
    code: "INVALID_OPTION",
  });
  assert.equal(await hall.Counter.get("r").count(), 1);
  await servers[0].close(soon());
  assert.equal(await hall.Counter.get("r").count(), 2);
  await servers[1].close(soon());
  await assert.rejects(hall.Counter.get("r").count(), { code: "HALL_CLOSED" });
  const again = new ServedHall({ hall, storage: { path } });
  again.open();
  assert.equal(await hall.Counter.get("r").count(), 3);
  await again.close(soon());
});

test("a shutdown waits for turns that are under way, and what they wrote is kept", async () => {
  const path = newPath();
  const gate = Promise.withResolvers<void>();
  class Slow extends Room {
    async write() {
      await gate.promise;
      this.storage.put("written", true);
    }
    async read() {
      return await this.storage.get("written");
    }
  }
  const hall = rooms({ Slow });
  const server = new ServedHall({ hall, storage: { path } });
  server.open();
  const writing = hall.Slow.get("r").write();
  const closed = server.close(soon());
  gate.resolve();
  await writing;
  assert.equal(await closed, true);
  const again = new ServedHall({ hall, storage: { path } });
  again.open();
  assert.equal(await hall.Slow.get("r").read(), true);
  await again.close(soon());
});

test("a shutdown cuts off a turn that is under way when its time is over", async () => {
  class Stuck extends Room {
    async wait() {
      await new Promise(() => {});
    }
  }
  const hall = rooms({ Stuck });
  const server = new ServedHall({ hall, storage: { path: newPath() } });
  server.open();
  hall.Stuck.get("r")
    .wait()
    .catch(() => {});
  assert.equal(await server.close(systemClock.now()), false);
  await assert.rejects(hall.Stuck.get("r").wait(), { code: "HALL_CLOSED" });
});

test("without an option rooms keep in memory, and the first that writes is warned of, once", async () => {
  class Writer extends Room {
    override onMessage(member: Member) {
      this.storage.put("a", 1);
      member.send("kept");
    }
  }
  const { warn } = console;
  const lines: string[] = [];
  console.warn = (line: string) => lines.push(line);
  try {
    for (const option of [undefined, "memory"] as const) {
      const { server } = serveRooms(Writer, {}, openStorage(option));
      const client = await server.connect("/r");
      for (let times = 0; times < 2; times++) {
        client.send("write");
        assert.equal(await client.message(), "kept");
      }
    }
  } finally {
    console.warn = warn;
  }
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^wirehall: storage-in-memory: .* storage: \{ path: "hall.db" \}/);
});

test("a class with static sql needs a server that has SQLite", async () => {
  const entries: unknown[] = [];
  const hall = rooms({ SqlCounter }, { log: ({ error }) => entries.push((error as WirehallError).code) });
  testServer({ fetch: () => new Response(), hall });
  await assert.rejects(hall.SqlCounter.get("r").count(), { code: "CAPABILITY", message: /wirehall\/serve/ });
});
