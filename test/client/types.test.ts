import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "wirehall/client";
import { world } from "./world.ts";

interface Chat {
  readonly messages: { readonly say: string; readonly draw: readonly number[] };
  readonly events: { readonly said: { readonly who: string; readonly text: string } };
  readonly calls: {
    add(a: number, b: number): number;
    fail(): Promise<never>;
  };
  readonly presence: { readonly name: string };
}

test("a contract types what is sent, called and heard; the compiler has checked it", async () => {
  const { client: untyped, sockets, room } = world();
  const client = untyped as unknown as Client<Chat>;
  sockets.last.open();

  await client.send("say", "hello");
  await client.send("plain");
  const sum: number = await client.call("add", 1, 2);
  assert.equal(sum, 3);

  const heard: string[] = [];
  client.onEvent("said", ({ who, text }, { place }) => heard.push(`${who}: ${text} at ${place?.seq}`));
  client.on("message", (message) => {
    if (message.name === "said") heard.push(message.data.text);
    else if (typeof message.data === "string") heard.push(message.data.toUpperCase());
    else heard.push(`${message.data.length} bytes`);
  });
  room.broadcast({ name: "said", data: { who: "ann", text: "hi" } });
  assert.deepEqual(heard, ["hi", "ann: hi at 2"]);
  for (const { name } of client.members.values().filter(Boolean)) assert.equal(typeof name, "string");
});

/** Never called: these lines must not compile. */
export function wrong(client: Client<Chat>, empty: Client<{ readonly calls: { ping(): void } }>): void {
  // @ts-expect-error the data of "say" is a string
  void client.send("say", 1);
  // @ts-expect-error there is no message of this name
  void client.send("shout", "x");
  // @ts-expect-error a message without a name is text or bytes
  void client.send({ text: "x" });
  // @ts-expect-error an argument is missing
  void client.call("add", 1);
  // @ts-expect-error there is no call of this name
  void client.call("subtract", 1, 2);
  // @ts-expect-error there is no event of this name
  client.onEvent("say", () => {});
  // @ts-expect-error a contract without messages has none
  void empty.send("say", "x");
  // @ts-expect-error "ping" has no arguments
  void empty.call("ping", 1);
  void empty.call("ping");
}
