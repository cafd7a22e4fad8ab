import assert from "node:assert/strict";
import { ScriptClient } from "../../support/script-client.ts";
import type { Target } from "../../support/target.ts";
import type { Group } from "../case.ts";

const join = (target: Target, room: string = target.newKey()) => ScriptClient.join(target, "sql", room);
const insert = "INSERT INTO said (text) VALUES (?)";
const all = ["exec", "SELECT text FROM said ORDER BY id"] as const;
const texts = (...list: string[]) => [list.map((text) => ({ text }))];

export const roomSql: Group = {
  title: "sql of rooms",
  cases: [
    {
      name: "sql: what a turn writes is there in the next, also after the room has left memory",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        assert.deepEqual(await client.run(["exec", insert, "one"], all), [[], ...texts("one")]);
        await target.hibernate("Sql", room);
        assert.deepEqual(await client.run(all), texts("one"));
      },
    },
    {
      name: "sql: values come back as they were bound: text, numbers, bytes, null, booleans as 1 and 0",
      async run(target) {
        const client = await join(target);
        await client.run(
          [
            "exec",
            "INSERT INTO said (text, more) VALUES (?, ?), (?, ?), (?, ?)",
            "é😀",
            1.5,
            "",
            null,
            "x",
            -3,
          ],
          ["bytes", "INSERT INTO said (text, more) VALUES ('bytes', ?)", 0, 255],
          ["bind", "INSERT INTO said (text, more) VALUES ('true', ?)", "true"],
        );
        const [rows] = await client.run(["shown", "SELECT text, more, id FROM said ORDER BY id"]);
        const expected = [
          '"é😀",1.5,1',
          '"",null,2',
          '"x",-3,3',
          '"bytes",ArrayBuffer(0 255),4',
          '"true",1,5',
        ];
        assert.deepEqual(
          rows,
          expected.map((row) => `[${row}]`),
        );
        assert.deepEqual(await client.run(["one", "SELECT 9007199254740993 AS big, 1 AS a, 2 AS a"]), [
          { big: 9007199254740992, a: 2 },
        ]);
      },
    },
    {
      name: "sql: a query may have several statements, comments and a trigger; the bindings are the last one's",
      async run(target) {
        const client = await join(target);
        const query = `-- two tables; and
          CREATE TABLE a (x); CREATE TABLE b (x); /* one; trigger */
          CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.x); INSERT INTO b VALUES (';'); END;
          INSERT INTO a VALUES (?) RETURNING x -- the end;`;
        assert.deepEqual(await client.run(["exec", query, "it's"]), [[{ x: "it's" }]]);
        assert.deepEqual(await client.run(["exec", "SELECT x FROM b"]), [[{ x: "it's" }, { x: ";" }]]);
      },
    },
    {
      name: "sql: what SQLite refuses, a wrong number of bindings and odd ones throw, and the turn may go on",
      async run(target) {
        const client = await join(target);
        const codes = await client.run(
          ["code", "exec", "SELECT nonsense"],
          ["code", "exec", ""],
          ["code", "exec", " ; -- nothing"],
          ["code", "exec", "SELECT ?, ?", 1],
          ["code", "exec", "SELECT ?", 1, 2],
          ["code", "exec", "INSERT INTO said (id, text) VALUES (1, NULL)"],
          ["code", "bind", "SELECT ?", "bigint"],
          ["code", "bind", "SELECT ?", "undefined"],
          ["code", "bind", "SELECT ?", "nul"],
          ["code", "one", "SELECT * FROM said"],
          ["exec", insert, "still here"],
        );
        assert.deepEqual(codes, [
          ...["SQL_FAILED", "SQL_FAILED", "SQL_FAILED", "SQL_FAILED", "SQL_FAILED", "SQL_FAILED"],
          ...["INVALID_ARGUMENT", "INVALID_ARGUMENT", "INVALID_ARGUMENT", "SQL_NOT_ONE", []],
        ]);
        assert.deepEqual(await client.run(all), texts("still here"));
      },
    },
    {
      name: "sql: a room may begin and end no transaction, open no other file, and set nothing of the database",
      async run(target) {
        const client = await join(target);
        const refused = [
          ...["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT x", "RELEASE x", "ATTACH 'x.db' AS x"],
          ...["PRAGMA journal_mode = DELETE", "PRAGMA user_version = 7", "CREATE TEMP TABLE x (y)"],
        ];
        const codes = await client.run(...refused.map((query) => ["code", "exec", query] as const));
        assert.deepEqual(
          codes,
          refused.map(() => "SQL_REFUSED"),
        );
        const [columns] = await client.run(["exec", "SELECT name FROM pragma_table_info('said')"]);
        assert.deepEqual(columns, [{ name: "id" }, { name: "text" }, { name: "more" }]);
      },
    },
    {
      name: "sql: a turn that throws is undone whole, sql and storage",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        await client.run(["exec", insert, "kept"], ["put", "a", 1]);
        const other = await join(target, room);
        await other.fail(
          ["exec", insert, "undone"],
          ["exec", "CREATE TABLE undone (x)"],
          ["put", "a", 2],
          ["say", "not heard"],
          ["throw"],
        );
        assert.equal(await client.next(), "someone left");
        assert.deepEqual(await client.run(all, ["code", "exec", "SELECT * FROM undone"]), [
          ...texts("kept"),
          "SQL_FAILED",
        ]);
        assert.deepEqual(await client.run(["get", "a"]), [1]);
      },
    },
    {
      name: "sql: an asynchronous handler reads, and writes in this.commit, with all else it writes",
      async run(target) {
        const client = await join(target);
        const results = await client.run(
          ["commit", ["exec", insert, "in commit"], ["say", "said in commit"], ["put", "a", 1]],
          all,
          ["wait"],
          all,
        );
        assert.deepEqual([...results], [null, [], null, []]);
        assert.equal(await client.next(), "said in commit");
        assert.deepEqual(await client.run(all, ["get", "a"]), [...texts("in commit"), 1]);
      },
    },
    {
      name: "sql: what this.commit is given may throw, and undoes the turn; it may not be asynchronous",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        for (const last of [["throw"], ["commit later"]] as const) {
          const other = await join(target, room);
          const commit =
            last[0] === "throw" ? (["commit", ["exec", insert, "undone"], last] as const) : ["commit later"];
          await other.fail(["put", "a", 1], commit as [string], ["wait"]);
          assert.equal(await client.next(), "someone left");
        }
        assert.deepEqual(await client.run(all, ["get", "a"]), [...texts(), null]);
      },
    },
    {
      name: "sql: an asynchronous handler that writes outside this.commit gets SQL_IN_ASYNC_TURN",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        assert.deepEqual(await client.run(["wait"], ["code", "exec", insert, "late"]), [
          null,
          "SQL_IN_ASYNC_TURN",
        ]);
        const nothing = "UPDATE said SET text = 'x' WHERE 0";
        assert.deepEqual(await client.run(["wait"], ["code", "exec", nothing]), [null, "SQL_IN_ASYNC_TURN"]);
        const quoted = "SELECT 'insert' AS \"update\" -- delete";
        assert.deepEqual(await client.run(["wait"], ["exec", quoted]), [null, [{ update: "insert" }]]);
        assert.deepEqual(await client.run(all), texts());
      },
    },
    {
      name: "sql: a handler that wrote before it turned out to be asynchronous fails at once, undone",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        const other = await join(target, room);
        await other.fail(["exec", insert, "too early"], ["wait"], ["say", "not heard"]);
        assert.equal(await client.next(), "someone left");
        assert.deepEqual(await client.run(all), texts());
      },
    },
    {
      name: "sql: destroy removes the tables too",
      async run(target) {
        const room = target.newKey();
        const client = await join(target, room);
        await client.run(["exec", insert, "one"], ["put", "a", 1]);
        assert.deepEqual(await client.run(["exec", insert, "two"], ["destroy"]), [[], null]);
        assert.equal((await client.raw.endedByServer()).code, 1000);
        const next = await join(target, room);
        assert.deepEqual(await next.run(all, ["get", "a"]), [...texts(), null]);
      },
    },
    {
      name: "sql: a room whose class has no static sql throws SQL_OFF",
      async run(target) {
        const client = await ScriptClient.join(target, "script", target.newKey());
        assert.deepEqual(await client.run(["code", "exec", "SELECT 1"]), ["SQL_OFF"]);
      },
    },
  ],
};
