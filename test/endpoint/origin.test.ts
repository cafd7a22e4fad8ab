import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origins } from "wirehall";
import { refusedOrigin } from "../../src/endpoint/origin.ts";

interface Case {
  readonly origin: string | null;
  readonly host: string;
  readonly passes: boolean;
  readonly origins?: Origins;
  readonly forwarded?: string;
  readonly trustProxy?: boolean;
}

const CASES: Record<string, Case> = {
  "absent: not a browser": { origin: null, host: "a.example", passes: true },
  "the request's host": { origin: "https://a.example", host: "a.example", passes: true },
  "another scheme, TLS ending before us": {
    origin: "https://a.example",
    host: "a.example:443",
    passes: true,
  },
  "the host in another case": { origin: "http://A.Example", host: "a.eXAMPLE", passes: true },
  "a default port that is written": { origin: "http://a.example", host: "a.example:80", passes: true },
  "an IPv6 host with its port": { origin: "http://[::1]:8787", host: "[::1]:8787", passes: true },
  "another host": { origin: "https://b.example", host: "a.example", passes: false },
  "another port": { origin: "http://a.example:8080", host: "a.example", passes: false },
  "a host that ends like ours": { origin: "https://evil-a.example", host: "a.example", passes: false },
  "our host as a user name": { origin: "https://a.example@evil.example", host: "a.example", passes: false },
  "null, not listed": { origin: "null", host: "null", passes: false },
  "null, listed": { origin: "null", host: "a.example", passes: true, origins: ["null"] },
  "a listed one": {
    origin: "https://app.example",
    host: "a.example",
    passes: true,
    origins: ["https://APP.example:443"],
  },
  "a listed one of another port": {
    origin: "https://app.example:1",
    host: "a",
    passes: false,
    origins: ["https://app.example"],
  },
  "an app's own scheme, listed": {
    origin: "app://localhost",
    host: "a",
    passes: true,
    origins: ["app://localhost"],
  },
  "any, when any may": { origin: "https://b.example", host: "a.example", passes: true, origins: "any" },
  "what a function says": {
    origin: "x",
    host: "a.example",
    passes: true,
    origins: (origin) => origin === "x",
  },
  "what a function denies": {
    origin: "https://a.example",
    host: "a.example",
    passes: false,
    origins: () => false,
  },
  "what a function promises": {
    origin: "https://a.example",
    host: "a.example",
    passes: false,
    origins: (async () => true) as unknown as Origins,
  },
  "a forwarded host, not trusted": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example",
    passes: false,
  },
  "a forwarded host, trusted": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example, proxy.example",
    trustProxy: true,
    passes: true,
  },
  "an empty one": { origin: "", host: "a.example", passes: false },
  "one with a path": { origin: "https://a.example/x", host: "a.example", passes: false },
};

for (const [name, { origin, host, passes, origins = [], forwarded, trustProxy = false }] of Object.entries(
  CASES,
)) {
  test(`origin: ${name} ${passes ? "passes" : "is refused"}`, () => {
    const headers = new Headers({ host });
    if (forwarded !== undefined) headers.set("x-forwarded-host", forwarded);
    const refused = refusedOrigin(origin, new Request("http://url.example/", { headers }), {
      origins,
      trustProxy,
    });
    assert.equal(refused === undefined, passes, refused);
  });
}

test("the reason names both values and the option, on one line", () => {
  const request = new Request("http://a.example/", { headers: { host: "a.example" } });
  const reason = refusedOrigin("https://b.example\nX", request, { origins: [], trustProxy: false }) ?? "";
  assert.match(reason, /b\.example\\nX.*a\.example.*origins/);
  assert.equal(reason.includes("\n"), false);
});
