#!/usr/bin/env node
import { conformance } from "./conformance/command.ts";

const [command, ...args] = process.argv.slice(2);
const streams = { out: process.stdout, err: process.stderr };

if (command === "conformance") process.exitCode = await conformance(args, streams);
else {
  console.error(
    `wirehall: ${command === undefined ? "say what to do" : `there is no command ${command}`}: wirehall conformance --help`,
  );
  process.exitCode = 2;
}
