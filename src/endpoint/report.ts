import { isPromise } from "./awaitable.ts";
import type { Log } from "./log.ts";

/** Gives what a hook threw to the handler's `error`, or to the log where it has none; what that throws is logged. */
export function reportError<Connection>(
  handler: { error?(connection: Connection, error: unknown): void },
  connection: Connection,
  error: unknown,
  log: Log,
): void {
  if (handler.error === undefined) {
    const what = connection === undefined ? "upgrade threw; it is refused with 500" : "a hook threw; 1011";
    log({ level: "error", event: "handler-threw", message: what, error });
    return;
  }
  const failed = (second: unknown) =>
    log({ level: "error", event: "error-threw", message: "the handler's error threw", error: second });
  try {
    const result: unknown = handler.error(connection, error);
    if (isPromise(result)) result.then(undefined, failed);
  } catch (second) {
    failed(second);
  }
}
