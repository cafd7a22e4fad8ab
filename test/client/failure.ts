import assert from "node:assert/strict";
import { DialError, type DialedConnection } from "wirehall/node";

/** Why the dial came to nothing. */
export async function failureOf(dialed: Promise<DialedConnection>): Promise<DialError> {
  const error = await dialed.then(
    () => assert.fail("the dial came to something"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DialError, String(error));
  return error;
}
