import { WirehallError } from "../../errors.ts";
import type { SqlEngine, SqlValue } from "../sql/engine.ts";
import { type Line, type SqlText, toBase64 } from "./line.ts";

/** How many rows are read at a time. */
const PAGE_ROWS = 50;

/** A line of rows is ended when it is longer than this. */
const LINE_LENGTH = 1024 * 1024;

/** A table that can be written down. */
interface Table {
  readonly sql: string;
  rows(): Iterable<Line>;
}

/** Tables, those that others refer to first, and the SQL of what is made when they are filled. */
export function tablesOf(engine: SqlEngine): { tables: readonly Table[]; others: readonly string[] } {
  const schema = run(
    engine,
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
  );
  const own = schema.filter(([, name]) => !/^(?:sqlite_|_cf_|_wirehall_)/i.test(String(name)));
  const virtual = own.find(([, , sql]) => /^create\s+virtual\b/i.test(String(sql)));
  if (virtual !== undefined) {
    throw new WirehallError(
      "EXPORT_UNSUPPORTED",
      `the table ${virtual[1]} is virtual, and its rows can't be written down: drop it, and make it anew afterwards`,
    );
  }
  const sqls = new Map(
    own.filter(([type]) => type === "table").map(([, name, sql]) => [String(name), String(sql)]),
  );
  const names = parentsFirst(engine, [...sqls.keys()]);
  const tables = names.map((name) => ({ sql: sqls.get(name) ?? "", rows: () => rowsOf(engine, name) }));
  if (run(engine, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").length > 0) {
    // SQLite makes it with the first table that needs it, and has counted the rows that are there.
    tables.push({ sql: "DELETE FROM sqlite_sequence", rows: () => rowsOf(engine, "sqlite_sequence") });
  }
  return { tables, others: own.filter(([type]) => type !== "table").map(([, , sql]) => String(sql)) };
}

/** Foreign keys are checked when a row comes. */
function parentsFirst(engine: SqlEngine, names: readonly string[]): readonly string[] {
  const sorted = new Set<string>();
  const visit = (name: string, trail: readonly string[]) => {
    if (sorted.has(name) || trail.includes(name) || !names.includes(name)) return;
    const parents = run(engine, `SELECT "table" FROM pragma_foreign_key_list(${text(name)})`);
    for (const [parent] of parents) visit(String(parent), [...trail, name]);
    sorted.add(name);
  };
  for (const name of names) visit(name, []);
  return [...sorted];
}

function* rowsOf(engine: SqlEngine, name: string): Generator<Line> {
  // Hidden columns are computed from the others.
  const info = run(engine, `SELECT name FROM pragma_table_xinfo(${text(name)}) WHERE hidden = 0`);
  const columns = info.map(([column]) => String(column));
  // A number may be whole or not, and beyond what JavaScript holds.
  const values = columns.map((column) => {
    const id = quoted(column);
    return `typeof(${id}), CASE typeof(${id}) WHEN 'integer' THEN CAST(${id} AS TEXT) ELSE ${id} END`;
  });
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const page = run(
      engine,
      `SELECT ${values.join(", ")} FROM ${quoted(name)} LIMIT ${PAGE_ROWS} OFFSET ${offset}`,
    );
    for (const rows of portions(page.map(rowOf))) yield { table: name, columns, rows };
    if (page.length < PAGE_ROWS) return;
  }
}

/** Rows by so many that a line stays short, though each of them may be long. */
function* portions(rows: readonly SqlText[][]): Generator<SqlText[][]> {
  let portion: SqlText[][] = [];
  let length = 0;
  for (const row of rows) {
    portion.push(row);
    length += JSON.stringify(row).length;
    if (length < LINE_LENGTH) continue;
    yield portion;
    portion = [];
    length = 0;
  }
  if (portion.length > 0) yield portion;
}

function rowOf(pairs: readonly SqlValue[]): SqlText[] {
  const row: SqlText[] = [];
  for (let index = 0; index < pairs.length; index += 2)
    row.push(textOf(String(pairs[index]), pairs[index + 1]));
  return row;
}

function textOf(type: string, value: SqlValue): SqlText {
  if (value instanceof ArrayBuffer) return { bytes: toBase64(new Uint8Array(value)) };
  if (type === "real") return { real: Object.is(value, -0) ? "-0.0" : String(value) };
  if (type !== "integer") return value as string | null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : { integer: String(value) };
}

function run(engine: SqlEngine, query: string): readonly (readonly SqlValue[])[] {
  return engine.exec(query, []).rows;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
