import type { TestEvent } from "node:test/reporters";
import type { Results } from "./results.ts";

/** A reporter for `node --test` that writes the totals of the run. */
export default async function* totals(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    // A summary that names a file is of that file alone.
    if (event.type !== "test:summary" || event.data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = event.data.counts;
    const results: Results = { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo };
    yield JSON.stringify(results);
  }
}
