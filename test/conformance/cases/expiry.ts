import assert from "node:assert/strict";
import type { Group } from "../case.ts";

export const expiry: Group = {
  title: "expiry",
  cases: [
    {
      name: "expiry: what upgrade lets in for some time is closed with 3000 after it",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/expiring?ms=100&key=${key}`);
        assert.deepEqual(await client.endedByServer(), { code: 3000, reason: "expired", tcp: "fin" });
        const end = (await target.notes(key, 1, "close")).at(-1);
        assert.deepEqual([end?.code, end?.reason], [3000, "expired"]);
      },
    },
    {
      name: "expiry: it may be set while the connection is open",
      async run(target) {
        const client = await target.open("/expiring");
        client.text("50");
        assert.equal(await client.message(), "some time");
        assert.equal((await client.endedByServer()).code, 3000);
      },
    },
    {
      name: "expiry: it may be put off and taken back",
      async run(target) {
        const client = await target.open("/expiring?ms=60000");
        const witness = await target.open("/expiring?ms=300");
        client.text("100", "never", "60000");
        assert.deepEqual(await client.messages(3), ["some time", "never", "some time"]);
        assert.equal((await witness.endedByServer()).code, 3000);
        client.text("never");
        assert.equal(await client.message(), "never");
      },
    },
    {
      name: "expiry: a room's member",
      needs: "memberExpiry",
      async run(target) {
        const key = target.newKey();
        const client = await target.open(`/room/${target.newKey()}?quiet&key=${key}`);
        client.text("expire:50");
        assert.equal(await client.message(), "some time");
        assert.deepEqual(await client.endedByServer(), { code: 3000, reason: "expired", tcp: "fin" });
        const end = (await target.notes(key, 1, "close")).at(-1);
        assert.equal(end?.code, 3000);
      },
      async otherwise(target) {
        const client = await target.open(`/room/${target.newKey()}?quiet`);
        client.text("expire:50");
        assert.equal(await client.message(), "CAPABILITY");
      },
    },
  ],
};
