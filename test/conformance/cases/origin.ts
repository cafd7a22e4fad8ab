import assert from "node:assert/strict";
import type { Case, Group } from "../case.ts";

type Headers = Readonly<Record<string, string>>;

const passes = (name: string, path: string, replace: Headers): Case => ({
  name: `origin: ${name} passes`,
  async run(target) {
    const client = await target.open({ path, replace });
    client.text("let in");
    assert.equal(await client.message(), "let in");
  },
});

const fails = (name: string, path: string, replace: Headers): Case => ({
  name: `origin: ${name} is 403`,
  async run(target) {
    assert.equal((await target.refused({ path, replace })).status, 403);
  },
});

const host = "app.example:8443";

export const origin: Group = {
  title: "origin",
  cases: [
    passes("none", "/origin/default", {}),
    passes("the request's own host and port", "/origin/default", {
      host,
      origin: "https://app.example:8443",
    }),
    passes("its own host over another scheme", "/origin/default", {
      host,
      origin: "http://app.example:8443",
    }),
    passes("its own host in upper case", "/origin/default", { host, origin: "https://APP.Example:8443" }),
    passes("its own host, upper case in Host", "/origin/default", {
      host: "APP.example",
      origin: "https://app.example",
    }),
    passes("the default port of https left out", "/origin/default", {
      host: "app.example:443",
      origin: "https://app.example",
    }),
    passes("the default port of http left out", "/origin/default", {
      host: "app.example",
      origin: "http://app.example:80",
    }),
    passes("its own IPv6 address", "/origin/default", { host: "[::1]:9000", origin: "http://[::1]:9000" }),
    fails("a foreign one", "/origin/default", { origin: "https://evil.example" }),
    fails("its own host with another port", "/origin/default", { host, origin: "https://app.example" }),
    fails("a host that ends like its own", "/origin/default", {
      host,
      origin: "https://evil-app.example:8443",
    }),
    fails("a host that begins like its own", "/origin/default", {
      host,
      origin: "https://app.example.evil.example:8443",
    }),
    fails("its own host as a user name", "/origin/default", {
      host,
      origin: "https://app.example:8443@evil.example",
    }),
    fails("null", "/origin/default", { origin: "null" }),
    passes("one that is listed", "/origin/listed", { origin: "https://good.example" }),
    passes("one that is listed with a port", "/origin/listed", { origin: "http://other.example:8080" }),
    passes("its own beside a list", "/origin/listed", { host, origin: "https://app.example:8443" }),
    fails("a listed one over another scheme", "/origin/listed", { origin: "http://good.example" }),
    fails("one that is not listed", "/origin/listed", { origin: "https://bad.example" }),
    fails("null beside a list without it", "/origin/listed", { origin: "null" }),
    passes("null where it is listed", "/origin/null", { origin: "null" }),
    passes("any where any may", "/origin/any", { origin: "https://whoever.example" }),
    passes("one that a function lets in", "/origin/asked", { origin: "https://a.trusted.example" }),
    fails("one that a function does not let in", "/origin/asked", { origin: "https://a.example" }),
    passes("X-Forwarded-Host behind a trusted proxy", "/origin/proxied", {
      "x-forwarded-host": "public.example",
      origin: "https://public.example",
    }),
    fails("X-Forwarded-Host without trust", "/origin/default", {
      "x-forwarded-host": "public.example",
      origin: "https://public.example",
    }),
  ],
};
