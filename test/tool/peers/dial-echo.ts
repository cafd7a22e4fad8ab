// An echo client by `dial`, for the conformance tool: RUNTIME BASE OPTIONS, the last as JSON. Runs on Node, Deno and Bun.
import process from "node:process";
import { visitCases } from "./visits.ts";

const [runtime, base, options] = process.argv.slice(2);
const { dial, DialError } = (await import(`wirehall/${runtime}`)) as typeof import("wirehall/node");
await visitCases(dial, (error) => error instanceof DialError, base, JSON.parse(options));
