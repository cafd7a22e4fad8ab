import { launcher as bun } from "../../runtimes/bun/fixture.ts";
import { launcher as deno } from "../../runtimes/deno/fixture.ts";
import { launcher as node } from "../../runtimes/node/fixture.ts";
import { launcher as workers } from "../../runtimes/workers/fixture.ts";
import type { Transport } from "../../src/serve.ts";
import type { Launcher } from "./target.ts";

export interface Place {
  readonly name: string;
  readonly launcher: Launcher;
  readonly transport: Transport;
}

/** Where reading can pause and output is seen to wait: by codec, and on Bun. */
export const steadyPlaces: readonly Place[] = [
  { name: "node/codec", launcher: node, transport: "codec" },
  { name: "deno/codec", launcher: deno, transport: "codec" },
  { name: "bun/native", launcher: bun, transport: "native" },
];

/** Those, and Workers, where some attacks meet the platform alone. */
export const places: readonly Place[] = [
  ...steadyPlaces,
  { name: "workers/native", launcher: workers, transport: "native" },
];
