import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { breaches, type Manifest, marked, type Sources } from "./house/rules.ts";

const root = join(import.meta.dirname, "..");

describe("the house", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

  test("src and runtimes keep the import rule, without a circle", () => {
    const sources = read("{src,runtimes}/**/*.ts");
    assert.ok(sources.size > 0);
    assert.deepEqual(breaches(sources, manifest), []);
  });

  test("every test runs", () => {
    const sources = read("test/**/*.ts");
    assert.ok(sources.size > 0);
    assert.deepEqual(marked(sources), []);
  });

  test("what package.json and deno.json export is there", () => {
    const deno = JSON.parse(readFileSync(join(root, "deno.json"), "utf8")) as Manifest & { version: string };
    const files = new Set(read("{src,runtimes}/**/*.ts").keys());
    const exported = [manifest.exports, deno.exports].flatMap(
      (exports) => JSON.stringify(exports).match(/[^"]+\.ts/g) ?? [],
    );
    assert.deepEqual(
      exported.filter((file) => !files.has(file.replace("./", ""))),
      [],
    );
    const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
    assert.deepEqual(Object.keys(deno.exports).sort(), entries.sort());
    assert.equal(deno.version, (manifest as Manifest & { version: string }).version);
  });
});

describe("the check of the house", () => {
  const manifest: Manifest = {
    name: "wirehall",
    exports: {
      ".": "./src/mod.ts",
      "./serve": { workerd: "./runtimes/workers/mod.ts", default: "./runtimes/node/mod.ts" },
    },
    dependencies: { adapter: "1" },
  };

  // Each file is alone in breaking a rule; the others are there for it to import.
  const frame = {
    "src/mod.ts": `export { websocket } from "./endpoint/endpoint.ts";\nexport type * from "./rooms/room.ts";\n`,
    "src/errors.ts": "export class WirehallError extends Error {}",
    "src/protocol/frame.ts": `import { WirehallError } from "../errors.ts";`,
    "src/endpoint/endpoint.ts": `import "../protocol/frame.ts";`,
    "src/rooms/room.ts": `import type { A } from "../endpoint/endpoint.ts";`,
    "runtimes/node/mod.ts": `import { x } from "adapter/x";\nimport { createServer } from "node:http";\nimport "wirehall";`,
    "runtimes/workers/mod.ts": `import { env } from "cloudflare:workers";`,
    "runtimes/deno/mod.ts": `import "../node/mod.ts";`,
  };

  const good: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "the frame of these examples": {},
    "words that look like globals": {
      "src/endpoint/a.ts": `
        // process.exit and node:fs are only spoken of
        interface Turn { process?: boolean; readonly Buffer: Uint8Array }
        export const a = (turn: Turn) => turn.process ?? "Buffer and Deno";
        export const b = /["'\`]/.test(\`\${"x"} import "./nowhere.ts" \${\`\${1}\`}\`);`,
    },
    "hono in the entry for Hono": { "src/hono/mod.ts": `import type { Context } from "hono";` },
    "OpenTelemetry in the entry for it": {
      "src/otel/mod.ts": `import type { Meter } from "@opentelemetry/api";`,
    },
    "react in the entry for React": { "src/react/mod.ts": `import { useState } from "react";` },
    "any as a method and in text": { "src/endpoint/a.ts": `export const a = Promise.any([]); // any: any` },
    "names exported without a module": {
      "src/endpoint/a.ts": `const a = 1;\nexport { a };\nexport type B = { from: "./nowhere.ts" };`,
    },
  };
  for (const [name, files] of Object.entries(good)) {
    test(`passes ${name}`, () => assert.deepEqual(check(files), []));
  }

  const bad: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, breach: RegExp]>> = {
    "an import from above": [
      { "src/protocol/a.ts": `import { b } from "../endpoint/endpoint.ts";` },
      /^src\/protocol\/a\.ts:1: src\/protocol may not import src\/endpoint$/,
    ],
    "a type from above": [
      { "src/endpoint/a.ts": `import type { b } from "../rooms/room.ts";` },
      /may not import src\/rooms/,
    ],
    "an inline type from above": [
      { "src/endpoint/a.ts": `export let a: import("../rooms/room.ts").A;` },
      /may not import src\/rooms/,
    ],
    "a re-export from above": [
      { "src/endpoint/a.ts": `export { b } from "../rooms/room.ts";` },
      /may not import src\/rooms/,
    ],
    "a re-exported star and type from above": [
      { "src/endpoint/a.ts": `export type * as b from "../rooms/room.ts";` },
      /may not import src\/rooms/,
    ],
    "a dynamic import from above": [
      { "src/endpoint/a.ts": `const b = await import("../rooms/room.ts");` },
      /may not import src\/rooms/,
    ],
    "a computed import": [{ "src/endpoint/a.ts": "await import(name);" }, /computed name/],
    "an import for its effect from above": [
      { "src/endpoint/a.ts": `import "../rooms/room.ts";` },
      /may not import src\/rooms/,
    ],
    "an import over several lines, with a default": [
      { "src/endpoint/a.ts": `import b, {\n  type c, // from "x"\n  d as e,\n} from "../rooms/room.ts";` },
      /may not import src\/rooms/,
    ],
    "the entry imported by what it exports": [
      { "src/rooms/a.ts": `import { websocket } from "wirehall";` },
      /src\/rooms may not import src\/mod\.ts/,
    ],
    "a runtime imported by src": [
      { "src/rooms/a.ts": `import { serve } from "wirehall/serve";` },
      /src\/rooms may not import runtimes\/(workers|node)/,
    ],
    "a runtime that imports another": [
      { "runtimes/workers/a.ts": `import "../node/mod.ts";` },
      /runtimes\/workers may not import runtimes\/node/,
    ],
    "a runtime that imports the tests": [
      { "runtimes/node/a.ts": `import "../../test/raw.ts";` },
      /is no file of src or runtimes/,
    ],
    "the subprotocol seeing the endpoint": [
      { "src/subprotocol/a.ts": `import type { A } from "../endpoint/endpoint.ts";` },
      /src\/subprotocol may not import src\/endpoint/,
    ],
    "the client seeing the endpoint": [
      { "src/client/a.ts": `import "../endpoint/endpoint.ts";` },
      /src\/client may not import src\/endpoint/,
    ],
    "a folder without a tier": [{ "src/extra/a.ts": "" }, /give it a tier/],
    "a package in the core": [{ "src/endpoint/a.ts": `import ws from "ws";` }, /may not import ws/],
    "hono outside its entry": [
      { "src/endpoint/a.ts": `import { Hono } from "hono";` },
      /may not import hono/,
    ],
    "OpenTelemetry outside its entry": [
      { "src/endpoint/a.ts": `import type { Meter } from "@opentelemetry/api";` },
      /may not import @opentelemetry\/api/,
    ],
    "react in the entry for Hono": [
      { "src/hono/a.ts": `import { useState } from "react";` },
      /may not import react/,
    ],
    "a package that is no dependency": [{ "runtimes/node/a.ts": `import "ws";` }, /may not import ws/],
    "the dependency in another runtime": [
      { "runtimes/deno/a.ts": `import "adapter";` },
      /may not import adapter/,
    ],
    "a platform's module in src": [
      { "src/endpoint/a.ts": `import { createHash } from "node:crypto";` },
      /(may not import|names) node:crypto/,
    ],
    "a platform's module by another way": [
      { "src/endpoint/a.ts": `const fs = load("node:fs");` },
      /names node:fs/,
    ],
    "a platform's global": [{ "src/endpoint/a.ts": "export const a = process.env;" }, /names process/],
    "a platform's global in a template": [
      { "src/endpoint/a.ts": `f(\`a \${Buffer.from(b)} c\`);` },
      /names Buffer/,
    ],
    "a platform's global through globalThis": [
      { "src/endpoint/a.ts": "export const a = globalThis.Deno;" },
      /names Deno/,
    ],
    "a platform's global by its key": [{ "src/endpoint/a.ts": `globalThis["Bun"];` }, /names Bun/],
    "a platform's global that is asked for": [{ "src/endpoint/a.ts": `"Deno" in globalThis;` }, /names Deno/],
    "a platform's global after a regular expression with a quote": [
      { "src/endpoint/a.ts": `const a = /"/.test(b) ? Deno : "";` },
      /names Deno/,
    ],
    "a circle": [
      { "src/rooms/a.ts": `import "./b.ts";`, "src/rooms/b.ts": `import "./a.ts";` },
      /^circle: src\/rooms\/a\.ts -> src\/rooms\/b\.ts -> src\/rooms\/a\.ts$/,
    ],
    "a circle of types through three files": [
      {
        "src/rooms/a.ts": `import type { b } from "./b.ts";`,
        "src/rooms/b.ts": `export type { c } from "./c.ts";`,
        "src/rooms/c.ts": `export let a: import("./a.ts").A;`,
      },
      /^circle: .*a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts$/,
    ],
    "a file that imports itself": [{ "src/rooms/a.ts": `import "./a.ts";` }, /^circle: /],
    "a declaration in the entry": [
      { "src/mod.ts": `export { a } from "./errors.ts";\nexport const b = 1;\n` },
      /holds more than re-exports/,
    ],
    "an import in the entry": [
      { "src/mod.ts": `import { a } from "./errors.ts";\nexport { a };\n` },
      /holds more than re-exports/,
    ],
    "the type any": [{ "src/endpoint/a.ts": "export function a(b: any): void {}" }, /has the type any/],
    "the type any in brackets": [{ "runtimes/node/a.ts": "new Map<string, any>();" }, /has the type any/],
    "a cast to any": [{ "runtimes/node/a.ts": "(a as any).b;" }, /has the type any/],
    "a long file": [{ "src/endpoint/a.ts": "a;\n".repeat(400) }, /400 lines/],
  };
  for (const [name, [files, breach]] of Object.entries(bad)) {
    test(`finds ${name}`, () => {
      const found = check(files);
      assert.ok(found.length > 0, "nothing was found");
      for (const line of found) assert.match(line, breach);
    });
  }

  test("finds tests that are marked", () => {
    const source = `test.only("a", f); test("b", { skip: "why" }, f); t.todo("c"); list.only(); const d = { only }; f({ only: 1 });
      test("e", () => f({ skip: 1 }));`;
    assert.equal(marked(new Map([["test/a.test.ts", source]])).length, 3);
  });

  test("does not read on past a string that does not end", () => {
    assert.throws(
      () => check({ "src/endpoint/a.ts": `const a = "b;\nimport "../rooms/room.ts";` }),
      /does not end/,
    );
  });

  function check(files: Readonly<Record<string, string>>): string[] {
    return breaches(new Map(Object.entries({ ...frame, ...files })), manifest);
  }
});

function read(pattern: string): Sources {
  const paths = globSync(pattern, { cwd: root }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
