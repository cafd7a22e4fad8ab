import { parseArgs } from "node:util";
import { type Row, rows } from "./rows.ts";
import type { RuntimeName } from "./subjects.ts";

export interface Arguments {
  readonly rows: readonly Row[];
  readonly runtimes: readonly RuntimeName[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** A smoke test: too short to measure anything. */
  readonly quick: boolean;
  readonly json: string | undefined;
}

const runtimes: readonly RuntimeName[] = ["node", "deno", "bun"];

export const usage = `usage: npm run bench -- [options]
  --row NAME,NAME...         some rows: ${rows.map(({ name }) => name).join(", ")}
  --runtime node|deno|bun|all  whose servers stand beside Node's baselines [node]
  --rounds N                 each server runs so often in turn with the others [5]
  --json FILE                writes every figure there
  --quick                    one short round: shows that all works, and measures nothing`;

/** Throws for what it does not know, in one line. */
export function readArguments(args: readonly string[]): Arguments | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      row: { type: "string" },
      runtime: { type: "string", default: "node" },
      rounds: { type: "string", default: "5" },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  if (!/^[1-9]\d?$/.test(values.rounds)) {
    throw new Error(`--rounds cannot be ${JSON.stringify(values.rounds)}: give a number from 1 to 99`);
  }
  const { quick, json } = values;
  return {
    rows: chosenRows(values.row),
    runtimes: chosenRuntimes(values.runtime),
    rounds: quick ? 1 : Number(values.rounds),
    warmUpMs: quick ? 100 : 1_000,
    measureMs: quick ? 200 : 2_000,
    quick,
    json,
  };
}

function chosenRows(names: string | undefined): readonly Row[] {
  if (names === undefined) return rows;
  return names.split(",").map((name) => {
    const row = rows.find((one) => one.name === name);
    if (row === undefined) {
      const known = rows.map((one) => one.name).join(", ");
      throw new Error(`no row is named ${JSON.stringify(name)}: there are ${known}`);
    }
    return row;
  });
}

function chosenRuntimes(name: string): readonly RuntimeName[] {
  if (name === "all") return runtimes;
  const chosen = runtimes.filter((runtime) => runtime === name);
  if (chosen.length === 0) {
    throw new Error(`--runtime cannot be ${JSON.stringify(name)}: give node, deno, bun or all`);
  }
  return chosen;
}
