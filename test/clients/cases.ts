import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { DialError } from "wirehall/node";
import { sameBytes } from "../support/bytes.ts";
import type { Target } from "../support/target.ts";
import { dialClient, openDialed } from "./dial-client.ts";
import { globalClient } from "./global-client.ts";
import type { ClientKind } from "./session.ts";
import { openWs, wsClient } from "./ws-client.ts";

/** What a client must be able to do, of another house or our own. */
export interface ClientCase {
  readonly name: string;
  /** It runs against a fixture that was started with --compress. */
  readonly compress?: boolean;
  run(target: Target): Promise<void>;
}

const url = (target: Target, path: string): string => `ws://127.0.0.1:${target.port}${path}`;

function casesOf(kind: ClientKind): ClientCase[] {
  const cases: ClientCase[] = [
    {
      name: "echoes text, binary and 1 MiB of each",
      async run(target) {
        const session = await kind.open(url(target, "/echo"));
        for (const text of ["", "hello €", "x".repeat(1024 * 1024)]) {
          session.send(text);
          assert.ok((await session.message()) === text, `a text of ${text.length} came back changed`);
        }
        for (const size of [0, 1, 70_000, 1024 * 1024]) {
          const bytes = new Uint8Array(randomBytes(size));
          session.send(bytes);
          sameBytes(await session.message(), bytes);
        }
        session.close(1000);
        assert.deepEqual(await session.closed(), { code: 1000, reason: "", wasClean: true });
      },
    },
    {
      name: "agrees on a subprotocol",
      async run(target) {
        const session = await kind.open(url(target, "/subprotocol/list"), ["v1", "v2"]);
        assert.equal(session.protocol, "v2");
        session.close(1000);
        await session.closed();
        await assert.rejects(kind.open(url(target, "/subprotocol/list"), ["other"]));
      },
    },
    {
      name: "closes with a code and a reason, which the server sees",
      async run(target) {
        const key = target.newKey();
        const session = await kind.open(url(target, `/echo?key=${key}`));
        session.close(4001, "I am off €");
        const { code, wasClean } = await session.closed();
        assert.deepEqual({ code, wasClean }, { code: 4001, wasClean: true });
        const end = (await target.notes(key, 1, "close")).at(-1);
        assert.deepEqual([end?.code, end?.reason, end?.wasClean], [4001, "I am off €", true]);
      },
    },
    {
      name: "is closed by the server with a code and a reason, or with neither",
      async run(target) {
        const session = await kind.open(url(target, "/echo"));
        session.send("close:4002:you are off €");
        assert.deepEqual(await session.closed(), { code: 4002, reason: "you are off €", wasClean: true });
        const other = await kind.open(url(target, "/echo"));
        other.send("close");
        assert.deepEqual(await other.closed(), { code: 1005, reason: "", wasClean: true });
      },
    },
    {
      name: "is refused by a Response",
      async run(target) {
        await assert.rejects(kind.open(url(target, "/refuse/text")));
      },
    },
    {
      name: "hears what others say",
      async run(target) {
        const sessions = await Promise.all([1, 2, 3].map(() => kind.open(url(target, "/fan"))));
        const words = sessions.map(() => target.newKey());
        for (const [i, session] of sessions.entries()) session.send(words[i]);
        for (const session of sessions) {
          const missing = new Set<unknown>(words);
          while (missing.size > 0) missing.delete(await session.message());
        }
        for (const session of sessions) session.close();
        for (const session of sessions) await session.closed();
      },
    },
  ];
  return cases.map((one) => ({ ...one, name: `${kind.name} ${one.name}` }));
}

export const clientCases: readonly ClientCase[] = [
  ...casesOf(wsClient),
  ...casesOf(globalClient),
  ...casesOf(dialClient),
  {
    name: "npm ws pings and gets its pong",
    async run(target) {
      const { socket, close } = await openWs(url(target, "/echo"));
      const pong = new Promise((resolve) => socket.once("pong", (data) => resolve(data.toString())));
      socket.ping("are you there?");
      assert.equal(await pong, "are you there?");
      close(1000);
    },
  },
  {
    name: "npm ws is pinged by the server, or told that it can't be",
    async run(target) {
      const session = await openWs(url(target, "/echo"));
      const ping = new Promise((resolve) => session.socket.once("ping", (data) => resolve(data.toString())));
      session.send("ping");
      if (target.can("ping")) assert.equal(await ping, "ping");
      else assert.equal(await session.message(), "error:CAPABILITY");
      session.close(1000);
    },
  },
  {
    name: "npm ws reads the status and the body of a refusal",
    async run(target) {
      const { WebSocket } = await import("ws");
      const socket = new WebSocket(url(target, "/refuse/text"));
      const body = await new Promise((resolve, reject) => {
        socket.on("error", () => {});
        socket.on("unexpected-response", (_request, response) => {
          let text = "";
          response.on("data", (chunk) => (text += chunk));
          response.on("end", () => resolve(`${response.statusCode} ${text}`));
          response.on("error", reject);
        });
      });
      assert.equal(body, "401 no token, no entry");
    },
  },
  {
    name: "npm ws compresses, and reads what is compressed, with takeover where there is one",
    compress: true,
    async run(target) {
      for (const [path, offer] of [
        ["/echo", true],
        ["/echo", { serverMaxWindowBits: 10 }],
        ["/echo-compressed", true],
        ["/echo-compressed", { serverNoContextTakeover: true, threshold: 0 }],
      ] as const) {
        const session = await openWs(url(target, path), [], offer);
        const agreed = session.socket.extensions === "permessage-deflate";
        // Bun can't limit its window, and declines.
        if (typeof offer === "object" && "serverMaxWindowBits" in offer && !target.can("windowLimit")) {
          assert.equal(agreed, false);
        } else {
          assert.equal(agreed, target.can("compression"));
        }
        const text = "a text that is compressed € ".repeat(100);
        for (const message of [text, "", "short", text, new Uint8Array(randomBytes(5000)), text]) {
          session.send(message);
          const echoed = await session.message();
          if (typeof message === "string") assert.equal(echoed, message);
          else sameBytes(echoed, message);
        }
        session.close(1000);
        assert.equal((await session.closed()).code, 1000);
      }
    },
  },
  {
    name: "dial reads the status and the body of a refusal",
    async run(target) {
      const error = await openDialed(url(target, "/refuse/text")).catch((reason: unknown) => reason);
      assert.ok(error instanceof DialError);
      assert.equal(error.code, "REFUSED");
      assert.equal(`${error.response?.status} ${await error.response?.text()}`, "401 no token, no entry");
    },
  },
  {
    name: "dial compresses, and reads what is compressed, with takeover where there is one",
    compress: true,
    async run(target) {
      for (const path of ["/echo", "/echo-compressed"]) {
        for (const compression of [true, { contextTakeover: true, thresholdBytes: 0 }]) {
          const session = await openDialed(url(target, path), [], { compression });
          const agreed = session.connection.headers.get("sec-websocket-extensions") ?? "";
          assert.equal(agreed.startsWith("permessage-deflate"), target.can("compression"), agreed);
          const text = "a text that is compressed € ".repeat(100);
          for (const message of [text, "", "short", text, new Uint8Array(randomBytes(5000)), text]) {
            session.send(message);
            const echoed = await session.message();
            if (typeof message === "string") assert.equal(echoed, message);
            else sameBytes(echoed, message);
          }
          session.close(1000);
          assert.equal((await session.closed()).code, 1000);
        }
      }
    },
  },
];
