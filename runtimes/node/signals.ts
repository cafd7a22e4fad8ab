import process from "node:process";
import { consoleLog } from "../../src/endpoint/log.ts";

/** What ends one server; resolves to whether nothing had to be cut off. */
type End = () => Promise<boolean>;
type Signal = keyof typeof numbers;

const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
const signals = Object.keys(numbers) as Signal[];

const ends = new Set<End>();
let isEnding = false;

/**
 * Ends a server when a signal asks the process to end, and then the process. Deno Deploy and Fly send SIGINT.
 *
 * The process has other servers that were started so: it ends when all of them have.
 */
export function onSignal(end: End): () => void {
  if (ends.size === 0) for (const signal of signals) process.on(signal, received);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) for (const signal of signals) process.off(signal, received);
  };
}

function received(signal: Signal): void {
  // Whoever asks twice does not want to wait.
  if (isEnding) process.exit(128 + numbers[signal]);
  isEnding = true;
  const isOurs = process.listenerCount(signal) === 1;
  Promise.all([...ends].map(cleanly)).then((all) => {
    if (!all.every(Boolean)) process.exitCode = 1;
    // Where the app listens too, it may not be done yet.
    if (isOurs) process.exit();
  });
}

async function cleanly(end: End): Promise<boolean> {
  try {
    return await end();
  } catch (error) {
    consoleLog({
      level: "error",
      event: "shutdown-failed",
      message: "a server could not be shut down",
      error,
    });
    return false;
  }
}
