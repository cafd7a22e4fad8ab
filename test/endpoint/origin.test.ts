import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origins } from "wirehall";
import { refusedOrigin } from "../../src/endpoint/origin.ts";

interface Case {
  readonly origin: string | null;
  readonly host: string;
  readonly passes: boolean;
  readonly origins?: Origins;
  /** X-Forwarded-Host. */
  readonly forwarded?: string;
  /** Forwarded. */
  readonly elements?: string;
  readonly trustProxy?: boolean | number;
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
    forwarded: "pub.example",
    trustProxy: true,
    passes: true,
  },
  "a forwarded host that our proxy put behind another's": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "other.example, pub.example",
    trustProxy: true,
    passes: true,
  },
  "a forwarded host that stood there before our proxy": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example, proxy.example",
    trustProxy: true,
    passes: false,
  },
  "a forwarded host behind two proxies that add theirs": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example, proxy.example",
    trustProxy: 2,
    passes: true,
  },
  "a forwarded host behind two proxies of which the second replaces it": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example",
    trustProxy: 2,
    passes: true,
  },
  "the host of Forwarded": {
    origin: "https://pub.example:8443",
    host: "in",
    elements: 'host=other;for=1.2.3.4, for=_a;Host="pub.example:8443"',
    trustProxy: true,
    passes: true,
  },
  "a page of the Host when the forwarded hosts contradict each other": {
    origin: "https://in",
    host: "in",
    forwarded: "pub.example",
    elements: "host=other.example",
    trustProxy: true,
    passes: true,
  },
  "a page of one of two forwarded hosts that contradict each other": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example",
    elements: "host=other.example",
    trustProxy: true,
    passes: false,
  },
  "a page of a forwarded host beside a Forwarded that is malformed": {
    origin: "https://pub.example",
    host: "in",
    forwarded: "pub.example",
    elements: 'host="',
    trustProxy: true,
    passes: false,
  },
  "a forwarded host that is none": {
    origin: "https://in",
    host: "in",
    forwarded: "a b",
    trustProxy: true,
    passes: true,
  },
  "the request's host where the proxy forwards none": {
    origin: "https://in",
    host: "in",
    elements: "for=1.2.3.4",
    trustProxy: true,
    passes: true,
  },
  "an empty one": { origin: "", host: "a.example", passes: false },
  "one with a path": { origin: "https://a.example/x", host: "a.example", passes: false },
};

for (const [name, each] of Object.entries(CASES)) {
  const { origin, host, passes, origins = [], forwarded, elements, trustProxy = false } = each;
  test(`origin: ${name} ${passes ? "passes" : "is refused"}`, () => {
    const headers = new Headers({ host });
    if (forwarded !== undefined) headers.set("x-forwarded-host", forwarded);
    if (elements !== undefined) headers.set("forwarded", elements);
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

test("the reason tells who is behind a proxy what to do, where the proxy says whom it was asked for", () => {
  const reasonOf = (headers: Record<string, string>) => {
    const request = new Request("http://in/", { headers: { host: "in:8787", ...headers } });
    return refusedOrigin("https://pub.example", request, { origins: [], trustProxy: false }) ?? "";
  };
  assert.match(reasonOf({ "x-forwarded-host": "pub.example" }), /trustProxy .* "pub\.example"/);
  assert.match(reasonOf({ forwarded: "host=pub.example" }), /trustProxy .* "pub\.example"/);
  assert.match(reasonOf({}), /behind a proxy that changes Host, let it pass Host on/);
  assert.doesNotMatch(reasonOf({ "x-forwarded-host": "b.example" }), /trustProxy/);
});
