import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { show } from "../rooms/show.ts";
import { values } from "../rooms/values.ts";
import { type FixtureProcess, startFixture } from "../support/fixture-process.ts";
import { ScriptClient } from "../support/script-client.ts";
import { Target } from "../support/target.ts";
import { nameOf, targets } from "../support/targets.ts";

const hosts = targets.filter(({ runtime, transport }, index) => {
  const first = targets.findIndex((one) => one.runtime === runtime);
  return first === index && transport !== undefined;
});

/** Rooms leave one host and come to another, around the circle of all runtimes. */
describe("a room goes from host to host", () => {
  const fixtures: FixtureProcess[] = [];
  const at: Target[] = [];
  before(async () => {
    for (const { runtime, transport } of hosts) {
      const fixture = await startFixture(runtime, transport, ["--file"]);
      fixtures.push(fixture);
      at.push(new Target({ runtime, transport }, fixture, {}));
    }
  });
  after(async () => {
    for (const target of at) target.cleanUp();
    await Promise.all(fixtures.map((fixture) => fixture.stop()));
  });

  const url = (index: number, path: string) => `http://127.0.0.1:${at[index].port}${path}`;
  const exported = async (index: number, path: string) => {
    const response = await fetch(url(index, `/export/${path}`));
    assert.equal(response.status, 200);
    return await response.text();
  };
  const imported = (index: number, path: string, body: BodyInit) =>
    fetch(url(index, `/import/${path}`), { method: "POST", body, duplex: "half" } as RequestInit);

  for (const [index, { runtime }] of hosts.entries()) {
    const next = (index + 1) % hosts.length;
    const way = `${runtime} to ${hosts[next].runtime}`;

    it(`with all that it keeps: ${way}`, async () => {
      const room = at[index].newKey();
      const client = await ScriptClient.join(at[index], "script", room);
      const large = "v".repeat(100_000);
      await client.run(...values.map(([name]) => ["keep", name] as const));
      for (let number = 0; number < 40; number++) await client.run(["put", `large ${number}`, large]);
      const text = await exported(index, `Script/${room}`);
      const answer = await imported(next, `Script/${room}`, text);
      assert.equal(await answer.text(), "it is in\n");
      const there = await ScriptClient.join(at[next], "script", room);
      const kept = await there.run(...values.map(([name]) => ["kept", name] as const));
      assert.deepEqual(
        kept,
        values.map(([, value]) => show(value)),
      );
      assert.deepEqual(await there.run(["get", "large 39"]), [large]);
      assert.equal(await exported(next, `Script/${room}`), text);
      const again = await imported(next, `Script/${room}`, text);
      assert.equal(again.status, 400);
      assert.equal(((await again.json()) as { code: string }).code, "ROOM_NOT_EMPTY");
    });

    it(`with its tables: ${way}`, async () => {
      const room = at[index].newKey();
      const client = await ScriptClient.join(at[index], "sql", room);
      await client.run(
        [
          "exec",
          `CREATE TABLE child (parent REFERENCES parent (id), "odd ""name" TEXT);
           CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, twice AS (id * 2));
           CREATE TABLE plain (a, b, PRIMARY KEY (a)) WITHOUT ROWID;
           CREATE TABLE log (text);
           CREATE TRIGGER logged AFTER INSERT ON parent BEGIN INSERT INTO log VALUES ('parent ' || new.id); END;
           CREATE INDEX by_b ON plain (b);
           CREATE VIEW seen AS SELECT text FROM log;
           INSERT INTO parent (id) VALUES (7), (8);
           DELETE FROM parent WHERE id = 8;
           INSERT INTO child VALUES (7, 'it''s');
           INSERT INTO plain VALUES ('text', 1), (2, 2.5), (3.0, 9007199254740993), (x'00ff', NULL),
             ('é😀', -0.0), ('inf', 9e999), ('-inf', -9e999), ('tenth', 0.1), ('whole', 5.0);`,
        ],
        ["put", "a", 1],
      );
      const count = 120;
      const rows = Array.from({ length: count }, (_, number) => [
        "exec",
        "INSERT INTO said (text) VALUES (?)",
        `${number}`,
      ]);
      await client.run(...(rows as unknown as [string][]));
      const text = await exported(index, `Sql/${room}`);
      const answer = await imported(next, `Sql/${room}`, text);
      assert.equal(await answer.text(), "it is in\n");
      const there = await ScriptClient.join(at[next], "sql", room);
      const questions = [
        "SELECT a, typeof(a), b, typeof(b), CAST(b AS TEXT) FROM plain ORDER BY typeof(a), a",
        "SELECT * FROM parent",
        "SELECT * FROM child",
        "SELECT * FROM seen ORDER BY 1",
        "SELECT count(*) AS count, max(text + 0) AS most FROM said",
        "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL ORDER BY 1",
        "INSERT INTO parent DEFAULT VALUES RETURNING id",
      ].map((query) => ["shown", query] as const);
      const [here, gone] = [await client.run(...questions), await there.run(...questions)];
      assert.deepEqual(gone, here);
      assert.deepEqual(here[6], ["[9]"]);
      assert.deepEqual(await there.run(["get", "a"]), [1]);
    });

    it(`or not at all, when its export is cut off: ${way}`, async () => {
      const room = at[index].newKey();
      const client = await ScriptClient.join(at[index], "sql", room);
      await client.run(["exec", "INSERT INTO said (text) VALUES ('a')"], ["put", "a", 1]);
      const text = await exported(index, `Sql/${room}`);
      const lines = text.split("\n");
      const broken = [
        text.slice(0, -10),
        lines.toSpliced(2, 1).join("\n"),
        `${text}{}\n`,
        "",
        "{}\n",
        "no JSON\n",
      ];
      for (const wrong of broken) {
        const answer = await imported(next, `Sql/${room}`, wrong);
        assert.equal(((await answer.json()) as { code: string }).code, "IMPORT_INVALID", wrong);
      }
      assert.equal((await imported(next, `Sql/${room}`, text)).status, 200);
      const there = await ScriptClient.join(at[next], "sql", room);
      assert.deepEqual(await there.run(["exec", "SELECT text FROM said"]), [[{ text: "a" }]]);
    });
  }

  it("is what this test is about", () => assert.equal(hosts.length, new Set(hosts.map(nameOf)).size));
});
