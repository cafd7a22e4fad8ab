import { area } from "../cells.ts";
import type { SqlEngine } from "../sql/engine.ts";
import type { Cell, Store } from "../store.ts";
import { decode } from "../value/decode.ts";
import { tablesOf } from "./export-sql.ts";
import { isJson, type Line, toBase64, VERSION } from "./line.ts";

/** How many cells are read at a time. */
const PAGE_CELLS = 32;

/** Everything that a room keeps, as lines. It must not change meanwhile. */
export async function* linesOf(
  store: Store,
  room: { readonly key: string; readonly name: string },
): AsyncGenerator<string> {
  let count = 0;
  const written = (line: Line): string => {
    count++;
    return `${JSON.stringify(line)}\n`;
  };
  yield written({ wirehall: "room", version: VERSION, class: room.key, name: room.name });
  for await (const cell of cellsOf(store)) yield written(lineOf(cell));
  if (store.sql !== undefined) for (const line of sqlOf(store.sql)) yield written(line);
  yield `${JSON.stringify({ end: count })}\n`;
}

/** The first and the last key that a cell may have. */
export const ALL = { start: "\u0001", end: "\u{10ffff}" };

async function* cellsOf(store: Store): AsyncGenerator<Cell> {
  let start = ALL.start;
  for (;;) {
    const cells = await store.list({ start, end: ALL.end, limit: PAGE_CELLS });
    yield* cells;
    if (cells.length < PAGE_CELLS) return;
    start = `${cells[cells.length - 1][0]}\0`;
  }
}

function lineOf([key, bytes]: Cell): Line {
  if (!key.startsWith(area.value)) return { cell: key, bytes: toBase64(bytes) };
  const value = decode(bytes);
  const name = key.slice(area.value.length);
  return isJson(value) ? { key: name, value } : { key: name, bytes: toBase64(bytes) };
}

function* sqlOf(engine: SqlEngine): Generator<Line> {
  const { tables, others } = tablesOf(engine);
  for (const { sql, rows } of tables) {
    yield { sql };
    yield* rows();
  }
  for (const sql of others) yield { sql };
}
