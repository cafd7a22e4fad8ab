import { parseArgs } from "node:util";
import type { RuntimeName, Transport } from "../../src/serve.ts";

export interface FixtureArguments {
  readonly runtime: RuntimeName;
  readonly transport: Transport;
  readonly port: number;
  readonly maxMessageBytes: number | undefined;
  readonly compress: boolean;
  /** The file of another app than test/fixture/app.ts. */
  readonly app: string | undefined;
  /** The name of what the server is told of limits, in test/fixture/limits.ts. */
  readonly limits: string | undefined;
}

interface Choice {
  readonly runtime: RuntimeName;
  readonly transports: readonly Transport[];
}

const usage =
  "usage: node test/fixture.ts --runtime node|deno|bun|workers --transport codec|native --port N [--compress] [--max-message-bytes B] [--limits counts|time] [--app FILE]";

/** The arguments of test/fixture.ts, or in one line what is wrong with them. */
export function parseFixtureArguments(args: string[], choices: readonly Choice[]): FixtureArguments | string {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return `${firstSentence(error)}; ${usage}`;
  }
  const { runtime, transport, port, compress = false, app } = given;
  const choice = choices.find((one) => one.runtime === runtime);
  if (choice === undefined) return `${wrong("--runtime", runtime)}; ${usage}`;
  const known = choice.transports.find((one) => one === transport);
  if (known === undefined) {
    return `${wrong("--transport", transport)}: ${choice.runtime} has ${choice.transports.join(" and ")}`;
  }
  const portNumber = wholeNumber(port, 65_535);
  if (portNumber === undefined) return `${wrong("--port", port)}: give a number from 0 to 65535, 0 for any`;
  const limit = given["max-message-bytes"];
  const maxMessageBytes = wholeNumber(limit, Number.MAX_SAFE_INTEGER);
  if (limit !== undefined && maxMessageBytes === undefined) {
    return `${wrong("--max-message-bytes", limit)}: give a whole number of bytes`;
  }
  const { limits } = given;
  if (limits !== undefined && limits !== "counts" && limits !== "time") {
    return `${wrong("--limits", limits)}: give counts or time`;
  }
  return {
    runtime: choice.runtime,
    transport: known,
    port: portNumber,
    maxMessageBytes,
    compress,
    limits,
    app,
  };
}

function parse(args: string[]) {
  const string = { type: "string" } as const;
  return parseArgs({
    args,
    options: {
      runtime: string,
      transport: string,
      port: string,
      compress: { type: "boolean" },
      "max-message-bytes": string,
      app: string,
      limits: string,
    },
  }).values;
}

function wrong(name: string, value: string | undefined): string {
  return value === undefined ? `${name} is missing` : `${name} cannot be ${JSON.stringify(value)}`;
}

function wholeNumber(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number <= most ? number : undefined;
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\.\s|\n/, 1)[0];
}
