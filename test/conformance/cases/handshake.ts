import assert from "node:assert/strict";
import type { RawRequest } from "../../support/raw-client.ts";
import { encodeFrame, opcodes } from "../../support/raw-frames.ts";
import type { Answer } from "../../support/raw-http.ts";
import type { Case, Group } from "../case.ts";

const refused = (
  name: string,
  status: number,
  request: Omit<RawRequest, "path">,
  check?: (answer: Answer) => void,
): Case => ({
  name: `handshake: ${name} is ${status}`,
  async run(target) {
    const answer = await target.refused({ path: "/echo", ...request });
    assert.equal(answer.status, status);
    assert.doesNotMatch(answer.body.toString(), /\.ts|node_modules| {4}at /);
    check?.(answer);
  },
});

const accepted = (name: string, request: Omit<RawRequest, "path">): Case => ({
  name: `handshake: ${name} is accepted`,
  async run(target) {
    const client = await target.open({ path: "/echo", ...request });
    client.text("hello");
    assert.equal(await client.message(), "hello");
  },
});

/** RFC 6455, 4.4: which versions are spoken. */
function tellsVersions(answer: Answer): void {
  assert.equal(answer.header("sec-websocket-version"), "13, 8");
}

const early = encodeFrame({ opcode: opcodes.text, payload: "early" });

export const handshake: Group = {
  title: "opening handshake",
  cases: [
    {
      name: "handshake: a plain GET on a WebSocket route is 426",
      async run(target) {
        const answer = await target.http("/echo");
        assert.equal(answer.status, 426);
        tellsVersions(answer);
      },
    },
    {
      name: "handshake: a 426 has Upgrade: websocket (RFC 9110, 15.5.22)",
      needs: "upgradeHeader",
      async run(target) {
        const plain = await target.http("/echo");
        const replace = { "sec-websocket-version": "7" };
        const refused = await target.refused({ path: "/echo", replace });
        for (const answer of [plain, refused]) assert.match(answer.header("upgrade") ?? "", /^websocket$/i);
      },
    },
    {
      name: "handshake: a POST on a WebSocket route is 405",
      async run(target) {
        const answer = await target.http("/echo", "POST");
        assert.equal(answer.status, 405);
        assert.equal(answer.header("allow"), "GET");
      },
    },
    {
      name: "handshake: an upgrade by POST is 405, if the runtime does not refuse it by itself",
      async run(target) {
        const headers = [["content-length", "0"]] as const;
        const { status } = await target.refused({ path: "/echo", method: "POST", headers });
        if (target.transport === "codec") assert.equal(status, 405);
        else assert.ok(status >= 400, `${status}`);
      },
    },
    refused("a missing key", 400, { replace: { "sec-websocket-key": null } }),
    refused("an empty key", 400, { replace: { "sec-websocket-key": "" } }),
    refused("a key of 15 bytes", 400, { replace: { "sec-websocket-key": "AAECAwQFBgcICQoLDA0O" } }),
    refused("a key of 17 bytes", 400, { replace: { "sec-websocket-key": "AAECAwQFBgcICQoLDA0ODxA=" } }),
    refused("a key that is no base64", 400, { replace: { "sec-websocket-key": "!!!!!!!!!!!!!!!!!!!!!!==" } }),
    refused("two keys", 400, { headers: [["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="]] }),
    refused("a missing version", 426, { replace: { "sec-websocket-version": null } }, tellsVersions),
    refused("version 7", 426, { replace: { "sec-websocket-version": "7" } }, tellsVersions),
    refused("version 14", 426, { replace: { "sec-websocket-version": "14" } }, tellsVersions),
    refused("version 013", 426, { replace: { "sec-websocket-version": "013" } }, tellsVersions),
    {
      name: "handshake: version 8 is accepted, and has its origin in Sec-WebSocket-Origin",
      needs: "version8",
      async run(target) {
        const replace = { "sec-websocket-version": "8" };
        const client = await target.open({ path: "/echo", replace });
        client.text("hello");
        assert.equal(await client.message(), "hello");
        const foreign = { ...replace, "sec-websocket-origin": "https://evil.example" };
        assert.equal((await target.refused({ path: "/echo", replace: foreign })).status, 403);
      },
      async otherwise(target) {
        const { status } = await target.refused({ path: "/echo", replace: { "sec-websocket-version": "8" } });
        assert.ok(status === 426 || status === 400, `${status}`);
      },
    },
    accepted("Upgrade: WebSocket in another case", { replace: { upgrade: "WebSocket" } }),
    accepted("UPGRADE: WEBSOCKET", { replace: { upgrade: "WEBSOCKET" } }),
    accepted("Connection: keep-alive, Upgrade", { replace: { connection: "keep-alive, Upgrade" } }),
    accepted("Connection: upgrade in lower case", { replace: { connection: "upgrade" } }),
    accepted("Connection in two lines", {
      replace: { connection: "keep-alive" },
      headers: [["Connection", "Upgrade"]],
    }),
    accepted("a header of 4 KiB", { headers: [["x-large", "v".repeat(4096)]] }),
    accepted("extensions that nobody speaks", {
      headers: [["sec-websocket-extensions", "x-unknown; level=9, permessage-unheard-of"]],
    }),
    refused(
      "a malformed Sec-WebSocket-Extensions",
      400,
      { headers: [["sec-websocket-extensions", "permessage-deflate;; a"]] },
      (answer) => assert.match(answer.body.toString(), /bad character at index 19/),
    ),
    {
      name: "handshake: an offer of permessage-deflate is not taken, since compression is off",
      needs: "compressionChoice",
      async run(target) {
        const offer = ["sec-websocket-extensions", "permessage-deflate; client_max_window_bits"] as const;
        const { answer, client } = await target.openWithAnswer({ path: "/echo", headers: [offer] });
        assert.equal(answer.header("sec-websocket-extensions"), null);
        client.text("plain");
        assert.equal(await client.message(), "plain");
      },
    },
    {
      name: "handshake: bytes before the 101 are kept until it has left (up to 16 KiB)",
      needs: "earlyBytes",
      async run(target) {
        for (const path of ["/echo", "/async-upgrade"]) {
          const client = await target.open({ path, early });
          if (path === "/async-upgrade") assert.equal(await client.message(), "32 bytes");
          assert.equal(await client.message(), "early");
          client.text("later");
          assert.equal(await client.message(), "later");
        }
      },
    },
    {
      name: "handshake: bytes before the 101, while upgrade awaits, are kept",
      needs: "earlyBytes",
      async run(target) {
        const client = await target.connect();
        client.writeUpgrade({ path: "/async-upgrade" }, target.port);
        client.text("one", "two");
        assert.equal((await client.answer()).status, 101);
        assert.deepEqual(await client.messages(3), ["32 bytes", "one", "two"]);
      },
    },
    {
      name: "handshake: more than 16 KiB before the 101 end the connection, and nothing else",
      needs: "earlyBytes",
      async run(target) {
        const client = await target.connect();
        const flood = encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(64 * 1024) });
        client.writeUpgrade({ path: "/async-upgrade", early: flood }, target.port);
        // A runtime's own WebSocket has a buffer of its own.
        if (target.transport === "codec") {
          await client.socket.wait(
            () => client.socket.end,
            () => "awaited the end of a connection that sent 64 KiB before its 101",
          );
        }
        const other = await target.open("/echo");
        other.text("untouched");
        assert.equal(await other.message(), "untouched");
      },
    },
    {
      name: "handshake: a client cannot forge the mark of an upgrade",
      async run(target) {
        const seen = await target.refused("/request-headers");
        const ours = Object.entries(JSON.parse(seen.body.toString())).filter(([name]) =>
          name.includes("wirehall"),
        );
        for (const [name, value] of [...ours, ["x-wirehall-upgrade", "AAAAAAAAAAAAAAAAAAAAAA"]] as [
          string,
          string,
        ][]) {
          assert.equal((await target.http("/inspect", "GET", [`${name}: ${value}`])).status, 426);
          const forged = await target.refused({
            path: "/request-headers",
            headers: [
              [name, value],
              [name, "two"],
            ],
          });
          assert.equal(forged.body.includes(value), false, `${name} came through to the app on an upgrade`);
          assert.equal(forged.body.includes("two"), false, `${name} came through to the app on an upgrade`);
        }
      },
    },
    {
      name: "handshake: a head in pieces, byte by byte, is accepted",
      async run(target) {
        const client = await target.connect();
        const head =
          `GET /echo HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${client.key}\r\n\r\n`;
        for (const byte of Buffer.from(head)) {
          client.socket.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        const answer = await client.answer();
        assert.equal(answer.status, 101);
        assert.equal(answer.header("sec-websocket-accept"), client.expectedAccept);
      },
    },
  ],
};
