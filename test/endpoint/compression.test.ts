import assert from "node:assert/strict";
import { test } from "node:test";
import type { Gaps } from "../../src/endpoint/capability.ts";
import type { AgreedCompression } from "../../src/endpoint/compression.ts";
import { Connections } from "../../src/endpoint/connections.ts";
import { travel } from "../../src/endpoint/upgrade.ts";
import {
  type CompressionOptions,
  type EndpointOptions,
  type LogEntry,
  Room,
  rooms,
  type WirehallError,
  websocket,
} from "../../src/mod.ts";
import { LocalRooms } from "../../src/rooms/local/rooms.ts";
import { bindHall } from "../../src/rooms/rooms.ts";
import { testServer } from "../../src/testing/mod.ts";

const OFFER = "permessage-deflate; client_max_window_bits";

type App = (request: Request) => Promise<Response>;

/** What an app agrees to on a transport with these gaps. */
async function agreed(
  app: App,
  offer: string | undefined,
  gaps: Gaps = {},
): Promise<AgreedCompression | undefined> {
  const headers = new Headers({
    host: "wirehall.test",
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  });
  if (offer !== undefined) headers.set("sec-websocket-extensions", offer);
  const { acceptance, response } = await travel(
    new Connections(),
    { remoteAddress: undefined, gaps },
    (name, id) => {
      headers.set(name, id);
      return new Request("http://wirehall.test/", { headers });
    },
    app,
  );
  assert.ok(acceptance !== undefined, `${response.status}`);
  return acceptance.compression;
}

function endpoint(compression: EndpointOptions["compression"], logged: LogEntry[] = []): App {
  return websocket({}, { compression, log: (entry) => logged.push(entry) });
}

test("compression is off, and is agreed to where it is asked for and offered", async () => {
  assert.equal(await agreed(websocket({}), OFFER), undefined);
  assert.equal(await agreed(endpoint(false), OFFER), undefined);
  assert.equal(await agreed(endpoint(true), undefined), undefined);
  assert.equal(await agreed(endpoint(true), "x-other"), undefined);
  assert.equal(await agreed(endpoint(true), "permessage-deflate; unknown"), undefined);
  const direction = { windowBits: 15, contextTakeover: false };
  assert.deepEqual(await agreed(endpoint(true), OFFER), {
    agreement: { send: direction, receive: direction },
    answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    thresholdBytes: 1024,
  });
});

test("its options reach the agreement", async () => {
  const all = { thresholdBytes: 1, contextTakeover: true, maxWindowBits: 10 };
  const direction = { windowBits: 10, contextTakeover: true };
  assert.deepEqual(await agreed(endpoint(all), OFFER), {
    agreement: { send: direction, receive: direction },
    answer: "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
    thresholdBytes: 1,
  });
  const none = endpoint({ thresholdBytes: undefined, contextTakeover: undefined });
  assert.equal((await agreed(none, OFFER))?.thresholdBytes, 1024);
});

test("what the transport lacks is left out of the agreement, and the log says so once", async () => {
  const logged: LogEntry[] = [];
  const app = endpoint({ contextTakeover: true, maxWindowBits: 10 }, logged);
  const gaps = { contextTakeover: "no history", windowLimit: "a window of its own" };
  for (let time = 0; time < 2; time++) {
    const compression = await agreed(app, OFFER, gaps);
    const direction = { windowBits: 15, contextTakeover: false };
    assert.deepEqual(compression?.agreement, { send: direction, receive: direction });
  }
  assert.deepEqual(
    logged.map(({ event }) => event),
    ["compression-missing"],
  );
  assert.match(logged[0]?.message ?? "", /contextTakeover: no history/);
  assert.equal(await agreed(app, "permessage-deflate; server_max_window_bits=10", gaps), undefined);
});

test("a transport without compression declines the offer, and the log says so once", async () => {
  const logged: LogEntry[] = [];
  const app = endpoint(true, logged);
  assert.equal(await agreed(app, undefined, { compression: "none here" }), undefined);
  assert.deepEqual(logged, []);
  for (let time = 0; time < 2; time++) {
    assert.equal(await agreed(app, OFFER, { compression: "none here" }), undefined);
  }
  assert.deepEqual(
    logged.map(({ message }) => message),
    ["no compression: none here"],
  );
});

test("a room's options have it too", async () => {
  const hall = rooms({ Chat: class Chat extends Room {} }, { compression: true });
  bindHall(hall, new LocalRooms().locate);
  const compression = await agreed((request) => hall.Chat.get("one").fetch(request), OFFER);
  assert.equal(compression?.thresholdBytes, 1024);
});

test("options that make no sense throw INVALID_OPTION, and say what does", () => {
  const wrong: readonly (readonly [option: unknown, says: RegExp])[] = [
    ["yes", /true, false or its options/],
    [1, /true, false or its options/],
    [null, /true, false or its options/],
    [{ threshold: 1 }, /"compression.threshold": its options are thresholdBytes/],
    [{ thresholdBytes: -1 }, /thresholdBytes is -1/],
    [{ thresholdBytes: 1.5 }, /thresholdBytes is 1.5/],
    [{ maxWindowBits: 8 }, /from 9 to 15/],
    [{ maxWindowBits: 16 }, /from 9 to 15/],
    [{ maxWindowBits: 9.5 }, /from 9 to 15/],
    [{ contextTakeover: "yes" }, /contextTakeover is yes/],
  ];
  for (const [option, says] of wrong) {
    assert.throws(
      () => websocket({}, { compression: option as CompressionOptions }),
      (error: WirehallError) => error.code === "INVALID_OPTION" && says.test(error.message),
    );
  }
});

test("in memory messages come through as they are, whatever was offered", async () => {
  const server = testServer({
    fetch: websocket(
      { message: (connection, data) => void connection.send(data) },
      { compression: true, log() {} },
    ),
  });
  const client = await server.connect("/", { headers: { "sec-websocket-extensions": OFFER } });
  assert.equal(client.response.headers.get("sec-websocket-extensions"), null);
  client.send("x".repeat(5000));
  assert.equal(await client.message(), "x".repeat(5000));
});

test("a malformed offer is 400, with or without compression", async () => {
  for (const compression of [false, true]) {
    const server = testServer({ fetch: endpoint(compression) });
    const refused = server.connect("/", { headers: { "sec-websocket-extensions": "a b" } });
    await assert.rejects(refused, (error: WirehallError) => (error.cause as Response).status === 400);
  }
});
