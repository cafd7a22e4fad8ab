import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { websocket } from "wirehall";
import { type Client, type ClientState, type ConnectOptions, connect } from "wirehall/client";
import { serve } from "wirehall/serve";
import { Arrivals } from "../clients/session.ts";
import { dialoguesFor } from "./dialogue.ts";
import { checkServer, type Line } from "./dialogue-server.ts";
import { ReferenceServer } from "./reference-server.ts";

/** Clients that come back at once. */
const SOON: ConnectOptions = { firstRetryMs: 1 };

/** A client, and what the room sent to it: each message once, or a gap. */
async function joined(server: ReferenceServer, options: ConnectOptions = {}): Promise<[Client, unknown[]]> {
  const client = connect(server.url, { ...SOON, ...options });
  const heard: unknown[] = [];
  client.on("message", ({ data }) => heard.push(data));
  client.on("gap", ({ data }) => heard.push({ gap: data }));
  await until(client, "open");
  return [client, heard];
}

/** Resolves once the client is in the state, or has been since this was called. */
function until(client: Client, state: ClientState): Promise<void> {
  if (client.status.state === state) return Promise.resolve();
  return next(client, state);
}

function next(client: Client, state: ClientState): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.on("status", (status) => {
      if (status.state !== state) return;
      stop();
      resolve();
    });
  });
}

describe("a client and a server", () => {
  let server: ReferenceServer;
  before(async () => {
    server = await new ReferenceServer().start();
  });
  after(() => server.stop());

  test("say text, bytes, named messages and calls to each other", async () => {
    const [client, heard] = await joined(server);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    const text = "é€𝄞".repeat(30_000);
    await Promise.all([client.send(`all ${text}`), client.send(bytes), client.send("say", "hello")]);
    assert.equal(await client.call("add", 20, 3), 23);
    assert.ok(heard[0] === text);
    assert.deepEqual(heard.slice(1), [bytes, "hello"]);
    client.close();
    assert.deepEqual(await client.closed, { error: undefined });
  });

  test("a server that dies in the middle of it loses nothing and repeats nothing", async () => {
    const room = new ReferenceServer({ maxHistory: 10_000 });
    const mine = await room.start();
    const [client, heard] = await joined(mine);
    const [other] = await joined(mine, { presence: false });
    const sent: Promise<void>[] = [];
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 40; index++) {
        sent.push(client.send(`all client ${round}.${index}`), other.send(`all other ${round}.${index}`));
        // Not all in one read: some are on their way when the server dies.
        if (index % 10 === 9) await Promise.race(sent.slice(-2));
      }
      const back = Promise.all([next(client, "open"), next(other, "open")]);
      mine.sever();
      mine.room.broadcast({ data: `nobody heard ${round}` });
      await back;
    }
    await Promise.all(sent);
    await client.call("add", 1, 1);
    assert.deepEqual(
      heard,
      mine.room.log.map(({ data }) => data),
    );
    for (const [who, count] of [
      ["client", 200],
      ["other", 200],
    ] as const) {
      const texts = mine.room.applied
        .map(({ data }) => String(data))
        .filter((data) => data.startsWith(`all ${who}`));
      assert.equal(texts.length, count);
      assert.deepEqual(
        texts,
        Array.from({ length: count }, (_, index) => `all ${who} ${Math.floor(index / 40)}.${index % 40}`),
      );
    }
    client.close();
    other.close();
    await mine.stop();
  });

  test("what history no longer has is one gap, with its snapshot", async () => {
    const [client, heard] = await joined(server);
    await client.send("all before");
    const back = next(client, "open");
    server.sever();
    for (const data of ["a", "b", "c", "d"]) server.room.broadcast({ data });
    await back;
    server.room.broadcast({ data: "after" });
    await client.call("add", 1, 1);
    assert.deepEqual(heard, ["before", { gap: "snapshot" }, "after"]);
    assert.equal(client.resumed, "gap");
    client.close();
  });

  test("a poisoned message is refused once", async () => {
    const [client] = await joined(server);
    const applied = server.room.applied.length;
    await assert.rejects(client.send("throw"), { code: "ROOM_THREW" });
    const back = next(client, "open");
    server.sever();
    await back;
    await client.send("all fine");
    assert.equal(server.room.applied.length, applied + 1);
    client.close();
  });

  test("a restart is waited for, and what was written meanwhile is sent", async () => {
    const mine = await new ReferenceServer().start();
    const { port } = mine;
    const [client] = await joined(mine);
    const waits = next(client, "resuming");
    const gone = mine.stop();
    await waits;
    const sent = client.send("all meanwhile");
    await gone;
    const again = await new ReferenceServer().start(port);
    await sent;
    assert.deepEqual(again.room.applied, [{ data: "all meanwhile" }]);
    client.close();
    await again.stop();
  });

  test("a refusal ends it, with the code", async () => {
    const mine = await new ReferenceServer().start();
    for (const [code, name] of [
      [3000, "UNAUTHORIZED"],
      [3003, "FORBIDDEN"],
      [1008, "CONNECTION_CLOSED"],
      [4444, "CONNECTION_CLOSED"],
    ] as const) {
      mine.refuse = { code, reason: "not you" };
      const client = connect(mine.url, SOON);
      const { error } = await client.closed;
      assert.deepEqual([error?.code, error?.cause], [name, { code, reason: "not you" }]);
    }
    await mine.stop();
  });

  test("a server without the subprotocol is named as a possible cause", async () => {
    const plain = serve({ fetch: websocket({}), hostname: "127.0.0.1", port: 0, onListen() {} });
    const client = connect((await plain.ready).url, SOON);
    const cause = Promise.withResolvers<string>();
    client.on("status", ({ error }) => error && cause.resolve(error.message));
    assert.match(await cause.promise, /speak wirehall\.v1/);
    client.close();
    await plain.shutdown();
  });

  test("a token travels beside the subprotocol, and is not chosen", async () => {
    const [client] = await joined(server, { token: "a secret, with ümlaut" });
    assert.match(
      server.offers.at(-1) as string,
      /^wirehall\.v1, ?wirehall\.token\.YSBzZWNyZXQsIHdpdGggw7xtbGF1dA$/,
    );
    client.close();
  });

  test("a session that is gone on with elsewhere is closed with 4009", async () => {
    const [client] = await joined(server);
    const back = next(client, "open");
    server.close(4009);
    await back;
    await client.send("all with another");
    client.close();
  });
});

describe("dialogues over real WebSockets", { concurrency: 4 }, () => {
  for (const dialogue of dialoguesFor("server")) {
    test(dialogue.name, async () => {
      const server = await new ReferenceServer().start();
      try {
        await checkServer(dialogue, {
          open: () => lineTo(server),
          forget: (what) =>
            what === "sessions" ? server.room.forgetSessions() : server.room.forgetHistory(),
        });
      } finally {
        await server.stop();
      }
    });
  }
});

let lines = 0;

async function lineTo(server: ReferenceServer): Promise<Line> {
  const frames = new Arrivals<string | Uint8Array>();
  const ended = Promise.withResolvers<number>();
  const key = `?${++lines}`;
  const socket = new WebSocket(`${server.url}/${key}`, ["wirehall.v1"]);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => frames.push(typeof data === "string" ? data : new Uint8Array(data));
  socket.onclose = ({ code }) => {
    frames.end(new Error(`closed with ${code}`));
    ended.resolve(code);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return {
    send: (message) => socket.send(message as string | Uint8Array<ArrayBuffer>),
    next: () => frames.next(),
    ended: () => ended.promise,
    async drop() {
      socket.close();
      await server.ended(key);
    },
  };
}
