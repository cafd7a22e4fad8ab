import assert from "node:assert/strict";
import { test } from "node:test";
import { bypassesProxy } from "../../src/client/no-proxy.ts";
import { proxyFor } from "../../src/client/proxy.ts";
import { readTarget } from "../../src/client/target.ts";

test("NO_PROXY: names with their subdomains, ports, addresses and blocks", () => {
  const cases: readonly (readonly [list: string, bypasses: readonly string[], proxied: readonly string[]])[] =
    [
      ["", [], ["ws://example.com", "ws://127.0.0.1"]],
      ["*", ["ws://example.com", "ws://10.1.2.3", "ws://[::1]"], []],
      ["example.com", ["ws://example.com", "wss://a.b.example.com:9"], ["ws://badexample.com", "ws://com"]],
      [".example.com", ["ws://example.com", "ws://a.example.com"], ["ws://badexample.com"]],
      ["*.example.com", ["ws://example.com", "ws://a.example.com"], ["ws://badexample.com"]],
      ["EXAMPLE.com", ["ws://Example.COM"], []],
      ["a.test , b.test\tc.test", ["ws://a.test", "ws://b.test", "ws://c.test"], ["ws://d.test"]],
      ["a.test:8080", ["ws://a.test:8080", "ws://x.a.test:8080"], ["ws://a.test", "wss://a.test"]],
      ["a.test:443", ["wss://a.test"], ["ws://a.test"]],
      ["10.1.2.3", ["ws://10.1.2.3"], ["ws://10.1.2.30", "ws://110.1.2.3", "ws://x.10.1.2.3.test"]],
      ["10.1.2.3:81", ["ws://10.1.2.3:81"], ["ws://10.1.2.3"]],
      ["10.0.0.0/8", ["ws://10.255.0.1"], ["ws://11.0.0.1", "ws://[a00::1]", "ws://10.0.0.0.test"]],
      ["10.128.0.0/9", ["ws://10.128.0.1"], ["ws://10.127.0.1"]],
      ["0.0.0.0/0", ["ws://8.8.8.8"], ["ws://[::1]"]],
      ["2001:db8::/32", ["ws://[2001:db8:1::2]"], ["ws://[2001:db9::1]", "ws://32.1.13.184"]],
      ["[fd00::]/8", ["ws://[fd12::1]"], ["ws://[fe80::1]"]],
      ["::1", ["ws://[::1]", "ws://[0:0:0:0:0:0:0:1]:8080"], ["ws://[::2]"]],
      ["[::1]:81", ["ws://[::1]:81"], ["ws://[::1]"]],
      ["3.4", [], ["ws://1.2.3.4"]],
      ["://,/8,:80,[", [], ["ws://example.com", "ws://10.0.0.1"]],
    ];
  for (const [list, bypasses, proxied] of cases) {
    for (const url of bypasses) assert.equal(bypassesProxy(list, readTarget(url)), true, `${list}: ${url}`);
    for (const url of proxied) assert.equal(bypassesProxy(list, readTarget(url)), false, `${list}: ${url}`);
  }
});

test("the environment's proxy: by scheme, small letters first, never for loopback", () => {
  const all = {
    https_proxy: "a:1",
    HTTPS_PROXY: "b:1",
    http_proxy: "c:1",
    HTTP_PROXY: "d:1",
    all_proxy: "e:1",
    ALL_PROXY: "f:1",
  };
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
  const cases: readonly (readonly [
    url: string,
    environment: Record<string, string>,
    host: string | undefined,
  ])[] = [
    ["wss://h/", all, "a"],
    ["wss://h/", without("https_proxy"), "b"],
    ["wss://h/", without("https_proxy", "HTTPS_PROXY"), "e"],
    ["wss://h/", { ALL_PROXY: "f:1" }, "f"],
    ["wss://h/", { HTTP_PROXY: "d:1" }, undefined],
    ["ws://h/", all, "c"],
    ["ws://h/", without("http_proxy"), "d"],
    // A CGI program's client could say it in a header.
    ["ws://h/", { ...without("http_proxy"), REQUEST_METHOD: "GET" }, "e"],
    ["ws://h/", { HTTPS_PROXY: "b:1" }, undefined],
    ["ws://h/", { http_proxy: "", HTTP_PROXY: "d:1" }, "d"],
    ["ws://h/", { HTTP_PROXY: "d:1", no_proxy: "h" }, undefined],
    ["ws://h/", { HTTP_PROXY: "d:1", NO_PROXY: "h" }, undefined],
    ["ws://h/", { HTTP_PROXY: "d:1", no_proxy: "other", NO_PROXY: "h" }, "d"],
    ["ws://localhost/", all, undefined],
    ["ws://app.localhost/", all, undefined],
    ["ws://127.8.9.1/", all, undefined],
    ["ws://[::1]/", all, undefined],
    ["wss://h/", {}, undefined],
  ];
  for (const [url, environment, host] of cases) {
    const proxy = proxyFor("environment", readTarget(url), (name) => environment[name]);
    assert.equal(proxy?.hostname, host, `${url} ${JSON.stringify(environment)}`);
  }
  assert.equal(
    proxyFor("none", readTarget("wss://h/"), (name) => all[name as keyof typeof all]),
    undefined,
  );
});

test("a proxy's URL: scheme, port and user", () => {
  const of = (url: string) =>
    proxyFor("environment", readTarget("wss://h/"), (name) => (name === "https_proxy" ? url : undefined));
  const none = { authorization: undefined };
  assert.deepEqual(of("proxy.test:3128"), {
    secure: false,
    hostname: "proxy.test",
    port: 3128,
    host: "proxy.test:3128",
    ...none,
  });
  assert.deepEqual(of("https://proxy.test"), {
    secure: true,
    hostname: "proxy.test",
    port: 443,
    host: "proxy.test",
    ...none,
  });
  assert.deepEqual(of("http://[::2]"), { secure: false, hostname: "::2", port: 80, host: "[::2]", ...none });
  assert.equal(
    of("http://me:p%40ss@p:1")?.authorization,
    `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
  );
  assert.equal(of("me:pw@p:1")?.hostname, "p");
});
