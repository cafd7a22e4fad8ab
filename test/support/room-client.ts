import assert from "node:assert/strict";
import type { RawClient } from "./raw-client.ts";
import type { Target } from "./target.ts";

/** Members of the fixture's rooms. */
export function roomPath(room: string, name: string, key?: string): string {
  return `/room/${encodeURIComponent(room)}?name=${name}${key === undefined ? "" : `&key=${key}`}`;
}

/** Joins, and takes the welcome unless `more` asks for none. */
export async function join(
  target: Target,
  room: string,
  name: string,
  key?: string,
  more = "",
): Promise<RawClient> {
  const client = await target.open(roomPath(room, name, key) + more);
  if (!more.includes("quiet"))
    assert.equal(await client.message("the welcome"), `welcome to ${room}, ${name}`);
  return client;
}

/** Fails if anything but the answers to a question had been sent to these. */
export async function seesNothingMore(...clients: readonly RawClient[]): Promise<void> {
  for (const client of clients) {
    client.text("reply:nothing more");
    assert.equal(await client.message(), "nothing more");
  }
}
