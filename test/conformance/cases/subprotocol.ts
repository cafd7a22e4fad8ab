import assert from "node:assert/strict";
import type { Case, Group } from "../case.ts";

const offers = (offer: string | undefined): { headers: [string, string][] } => ({
  headers: offer === undefined ? [] : [["sec-websocket-protocol", offer]],
});

const chosen = (name: string, path: string, offer: string | undefined, expected: string | null): Case => ({
  name: `subprotocol: ${name}`,
  async run(target) {
    const { client, answer } = await target.openWithAnswer({ path, ...offers(offer) });
    assert.equal(answer.header("sec-websocket-protocol"), expected);
    client.text("which?");
    assert.equal(await client.message(), expected ?? "");
  },
});

const refused = (name: string, path: string, offer: string | undefined, status = 400): Case => ({
  name: `subprotocol: ${name} is ${status}`,
  async run(target) {
    assert.equal((await target.refused({ path, ...offers(offer) })).status, status);
  },
});

export const subprotocol: Group = {
  title: "subprotocol",
  cases: [
    chosen(
      "the server's first that the client offers, not the client's first",
      "/subprotocol/list",
      "v1, other, v2",
      "v2",
    ),
    chosen("an offer without spaces", "/subprotocol/list", "x,v1", "v1"),
    chosen("not offered, none is chosen", "/subprotocol/list", undefined, null),
    chosen("upgrade chooses, against the server's order", "/subprotocol/chosen?choose=v1", "v2, v1", "v1"),
    refused("none in common", "/subprotocol/list", "other, V1"),
    refused(
      "an offer to an endpoint that has none, as a runtime would accept by itself,",
      "/subprotocol/none",
      "v1",
    ),
    chosen("none offered to an endpoint that has none", "/subprotocol/none", undefined, null),
    refused("required, but not offered", "/subprotocol/required", undefined),
    chosen("required and offered", "/subprotocol/required", "v1", "v1"),
    refused("an offer that is no list of tokens", "/subprotocol/list", "v1, bad value"),
    refused("upgrade choosing what was not offered", "/subprotocol/chosen?choose=v9", "v2, v1", 500),
    {
      name: "subprotocol: an offer in two lines is one list",
      async run(target) {
        const headers: [string, string][] = [
          ["sec-websocket-protocol", "other"],
          ["sec-websocket-protocol", "v2"],
        ];
        const { answer } = await target.openWithAnswer({ path: "/subprotocol/list", headers });
        assert.equal(answer.header("sec-websocket-protocol"), "v2");
      },
    },
  ],
};
