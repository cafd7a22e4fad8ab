#!/usr/bin/env node
import { conformance } from "./conformance/command.ts";

const [command, ...args] = process.argv.slice(2);
const streams = { out: process.stdout, err: process.stderr };

// Whoever read our output has gone, as `| head` does.
process.stdout.on("error", () => process.exit(141));

if (command === "conformance") {
  const interrupt = new AbortController();
  // Once: a second Ctrl-C ends the process as it would have without us.
  process.once("SIGINT", () => interrupt.abort());
  process.exitCode = await conformance(args, streams, interrupt.signal);
  if (interrupt.signal.aborted) process.exit();
} else {
  const isHelp = command === "--help" || command === "-h";
  const wrong = command === undefined ? "say what to do" : `there is no command ${command}`;
  if (isHelp) console.log("wirehall conformance --help");
  else console.error(`wirehall: ${wrong}: wirehall conformance --help`);
  process.exitCode = isHelp ? 0 : 2;
}
