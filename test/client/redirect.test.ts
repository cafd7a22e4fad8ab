import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { tokenSubprotocol } from "wirehall";
import { type DialOptions, dial } from "wirehall/node";
import { manualClock } from "wirehall/testing";
import { type DialRequest, redirect } from "../../src/client/redirect.ts";
import { readTarget } from "../../src/client/target.ts";
import { HeaderFields } from "../../src/protocol/mod.ts";
import { certificate as ca } from "../serve/certificate.ts";
import { failureOf } from "./failure.ts";
import { RawServer } from "./server.ts";

describe("a redirection", () => {
  let server: RawServer;
  let other: RawServer;
  let secure: RawServer;
  before(async () => {
    server = await RawServer.start();
    other = await RawServer.start();
    secure = await RawServer.start({ tls: true });
  });
  after(() => Promise.all([server.stop(), other.stop(), secure.stop()]));

  /** Answers the next request of a server so, and returns its head once the client has left. */
  async function answer(from: RawServer, status: number, ...lines: readonly string[]): Promise<string> {
    const peer = await from.peer();
    const head = await peer.request();
    peer.socket.write([`HTTP/1.1 ${status} Moved`, ...lines, "Content-Length: 0", "", ""].join("\r\n"));
    await peer.ended();
    return head;
  }

  /** Dials, and returns the request that `to` gets after `from` has named the location, and where it all came to. */
  async function led(from: RawServer, to: RawServer, location: string, options: DialOptions, url = from.url) {
    const dialed = dial(url, {}, { maxRedirects: 1, ...options });
    const first = await answer(from, 302, `Location: ${location}`);
    const peer = await to.peer();
    const second = await peer.accept();
    const connection = await dialed;
    connection.terminate();
    await peer.ended();
    return { first, second, url: connection.url };
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status} is a refusal, and the error has the answer, unless maxRedirects says otherwise`, async () => {
      const dialed = failureOf(dial(server.url, {}));
      await answer(server, status, "Location: /elsewhere");
      const error = await dialed;
      assert.equal(error.code, "REFUSED");
      assert.equal(
        error.message,
        `the server answered ${status}, not 101: it leads on, and maxRedirects is 0`,
      );
      assert.deepEqual(
        [error.response?.status, error.response?.headers.get("location")],
        [status, "/elsewhere"],
      );
    });
  }

  test("leads to a path, and the connection tells the URL of its server", async () => {
    const { second, url } = await led(server, server, "../new?x=1#top", {}, `${server.url}a/b`);
    assert.match(second, /^GET \/new\?x=1 HTTP/);
    assert.equal(url, `${server.url}new?x=1`);
  });

  test("leads by http: and https: as by ws: and wss:, also from ws: to wss:", async () => {
    await led(server, other, other.url.replace("ws:", "http:"), {});
    const { url } = await led(server, secure, secure.url.replace("wss:", "https:"), { tls: { ca } });
    assert.equal(url, secure.url);
  });

  test("is not followed from wss: to ws:", async () => {
    const dialed = failureOf(dial(secure.url, {}, { tls: { ca }, maxRedirects: 5 }));
    await answer(secure, 302, `Location: ${server.url}`);
    const error = await dialed;
    assert.equal(error.code, "REFUSED");
    assert.match(error.message, /from wss: to ws:, where others can read along$/);
    assert.equal(error.response?.status, 302);
  });

  test("on the same origin keeps what the caller gave", async () => {
    const token = tokenSubprotocol("secret");
    const url = server.url.replace("//", "//me:pw@");
    const options = { headers: { cookie: "a=1", "x-key": "k" }, subprotocols: ["v1", token] };
    const { first, second } = await led(server, server, server.url, options, url);
    const rest = (head: string) => head.split("\r\n").filter((line) => !/^sec-websocket-key/i.test(line));
    assert.deepEqual(rest(second), rest(first));
    assert.match(second, /^authorization: Basic /im);
  });

  test("to another origin goes no header, no user and no token", async () => {
    const token = tokenSubprotocol("secret");
    const url = server.url.replace("//", "//me:pw@");
    const headers = { cookie: "a=1", "x-key": "k" };
    const options = {
      headers,
      subprotocols: ["v1", token],
      origin: "https://app.example",
      compression: true,
    };
    const location = other.url.replace("//", "//its:own@");
    const { first, second } = await led(server, other, location, options, url);
    assert.match(first, new RegExp(`^sec-websocket-protocol: v1, ${token}\r$`, "im"));
    const names = second
      .split("\r\n")
      .slice(1, -2)
      .map((line) => line.split(":", 1)[0]);
    assert.deepEqual(names, [
      "Host",
      "Upgrade",
      "Connection",
      "Sec-WebSocket-Key",
      "Sec-WebSocket-Version",
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
      "Origin",
    ]);
    assert.match(second, /^Sec-WebSocket-Protocol: v1\r$/m);
  });

  test("in a circle ends after maxRedirects, as a refusal", async () => {
    const dialed = failureOf(dial(server.url, {}, { maxRedirects: 3 }));
    for (let count = 0; count < 4; count++) await answer(server, 307, "Location: /");
    const error = await dialed;
    assert.equal(error.code, "REFUSED");
    assert.equal(error.message, "the server answered 307, not 101: it leads on, and maxRedirects is 3");
  });

  for (const [lines, why] of [
    [[], "it names no Location"],
    [["Location: http://"], "its Location is no URL"],
    [["Location: ftp://h/"], "its Location is no WebSocket's"],
    [["Location: mailto:me"], "its Location is no WebSocket's"],
  ] as const) {
    test(`is a refusal where ${why}`, async () => {
      const dialed = failureOf(dial(server.url, {}, { maxRedirects: 5 }));
      await answer(server, 302, ...lines);
      assert.equal((await dialed).message, `the server answered 302, not 101: ${why}`);
    });
  }

  test("to a server that is silent is ended by the time of the whole dial", async () => {
    const clock = manualClock();
    const dialed = failureOf(dial(server.url, {}, { maxRedirects: 1, clock, handshakeTimeoutMs: 100 }));
    clock.advance(60);
    await answer(server, 302, `Location: ${other.url}`);
    const peer = await other.peer();
    await peer.request();
    clock.advance(40);
    const error = await dialed;
    assert.equal(error.code, "DIAL_TIMEOUT");
    assert.match(error.message, new RegExp(`for want of an answer of ${new URL(other.url).host}$`));
    await peer.ended();
  });

  test("to a server that is down says whom it could not reach", async () => {
    const gone = await RawServer.start();
    await gone.stop();
    const dialed = failureOf(dial(server.url, {}, { maxRedirects: 1 }));
    await answer(server, 302, `Location: ${gone.url}`);
    const error = await dialed;
    assert.equal(error.code, "DIAL_FAILED");
    assert.match(error.message, new RegExp(`^can't connect to ${new URL(gone.url).host}: .*ECONNREFUSED`));
  });
});

test("of TLS only whom to trust goes to another origin: not our certificate, and not the first server's name", () => {
  const tls = { ca: "A", cert: "B", key: "C", servername: "a.test", rejectUnauthorized: true };
  const request: DialRequest = {
    target: readTarget("wss://a.test/"),
    subprotocols: [],
    deflate: undefined,
    origin: undefined,
    headers: new Headers(),
    tls,
  };
  const to = (location: string) => {
    const headers = new HeaderFields();
    headers.add("Location", location);
    const next = redirect(request, { status: 302, statusText: "", httpVersion: "1.1", headers });
    return typeof next === "string" ? next : next.tls;
  };
  assert.deepEqual(to("/x"), tls);
  assert.deepEqual(to("https://a.test:443/x"), tls);
  for (const location of ["wss://b.test/", "wss://a.test:444/", "//x.a.test/"]) {
    assert.deepEqual(to(location), { ca: "A", rejectUnauthorized: true }, location);
  }
});
