import { posix } from "node:path";
import { importsOf, isMark, onlyReexports } from "./imports.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Sources by their path from the root. */
export type Sources = ReadonlyMap<string, string>;

/** What package.json says. */
export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const ground = ["src/errors.ts", "src/protocol"];
const belowRooms = [...ground, "src/endpoint", "src/subprotocol"];
const belowTop = [...belowRooms, "src/rooms"];
const belowDialer = [...belowTop, "src/client"];
const belowRuntimes = [
  ...belowDialer,
  "src/dial.ts",
  "src/dialer.ts",
  "src/serve.ts",
  "src/server.ts",
  "src/mod.ts",
];

/** Where a file may live, and which other places it sees; each sees itself. */
const sees: Readonly<Record<string, readonly string[]>> = {
  "src/errors.ts": ground,
  "src/protocol": ground,
  "src/endpoint": ground,
  "src/subprotocol": ground,
  "src/rooms": belowRooms,
  "src/client": [...ground, "src/subprotocol"],
  "src/react": [...ground, "src/subprotocol", "src/client"],
  "src/bridges": belowTop,
  "src/hono": belowTop,
  "src/otel": belowTop,
  "src/testing": belowTop,
  "src/tickets": belowTop,
  "src/dial.ts": belowDialer,
  "src/dialer.ts": [...belowDialer, "src/dial.ts"],
  "src/serve.ts": belowTop,
  "src/server.ts": [...belowTop, "src/serve.ts"],
  "src/mod.ts": [...belowTop, "src/serve.ts"],
  "runtimes/node": belowRuntimes,
  "runtimes/deno": [...belowRuntimes, "runtimes/node"],
  "runtimes/bun": [...belowRuntimes, "runtimes/node"],
  "runtimes/workers": belowRuntimes,
};

/** Packages that one entry alone may import. */
const peers: Readonly<Record<string, string>> = {
  "@opentelemetry/api": "src/otel",
  hono: "src/hono",
  react: "src/react",
};

const platformGlobals = new Set(["process", "Buffer", "Deno", "Bun", "__dirname", "__filename"]);
const platformModule = /^(node|bun|cloudflare|deno|npm|jsr):/;
const lineLimit = 400;

/** Everything in which the sources of src and runtimes break the rules of the house, a line for each. */
export function breaches(sources: Sources, manifest: Manifest): string[] {
  const house = new House(sources, manifest);
  return [...[...sources.keys()].flatMap((path) => house.breachesOf(path)), ...house.circles()];
}

class House {
  readonly #sources: Sources;
  readonly #manifest: Manifest;
  readonly #graph: Map<string, Set<string>> = new Map();

  constructor(sources: Sources, manifest: Manifest) {
    this.#sources = sources;
    this.#manifest = manifest;
  }

  breachesOf(path: string): string[] {
    const source = this.#sources.get(path) ?? "";
    const home = homeOf(path);
    if (home === undefined) return [`${path}: this place is not in the import rule: give it a tier`];
    const tokens = tokensOf(source);
    const found = [...this.#importBreaches(path, home, tokens), ...anyBreaches(path, tokens)];
    if (path.startsWith("src/")) found.push(...platformBreaches(path, tokens));
    if (path === "src/mod.ts" && !onlyReexports(tokens)) found.push(`${path}: holds more than re-exports`);
    const lines = source.trimEnd().split("\n").length;
    if (lines >= lineLimit) found.push(`${path}: ${lines} lines, and a file has fewer than ${lineLimit}`);
    return found;
  }

  /** Needs `breachesOf` to have read every file. */
  circles(): string[] {
    const found: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]) => {
      const start = trail.indexOf(path);
      if (start !== -1) found.push(`circle: ${[...trail.slice(start), path].join(" -> ")}`);
      if (start !== -1 || done.has(path)) return;
      for (const next of this.#graph.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of this.#graph.keys()) visit(path, []);
    return found;
  }

  #importBreaches(path: string, home: string, tokens: readonly Token[]): string[] {
    const targets = new Set<string>();
    this.#graph.set(path, targets);
    return importsOf(tokens).flatMap(({ specifier, line }) => {
      const at = `${path}:${line}`;
      if (specifier === undefined) return [`${at}: imports a computed name`];
      const files = this.#resolve(path, specifier);
      if (files === undefined) return this.#foreignBreaches(path, home, at, specifier);
      return files.flatMap((file) => {
        if (!this.#sources.has(file)) return [`${at}: ${specifier} is no file of src or runtimes`];
        targets.add(file);
        const target = homeOf(file);
        const seen = target !== undefined && (target === home || sees[home].includes(target));
        return seen ? [] : [`${at}: ${home} may not import ${target ?? file}`];
      });
    });
  }

  /** The files that the specifier may mean, or undefined when it is not ours. */
  #resolve(path: string, specifier: string): string[] | undefined {
    if (/^\.{0,2}\//.test(specifier)) return [posix.join(posix.dirname(path), specifier)];
    const { name, exports } = this.#manifest;
    if (specifier !== name && !specifier.startsWith(`${name}/`)) return undefined;
    const files = leaves(exports[`.${specifier.slice(name.length)}`]);
    return files.length > 0 ? [...new Set(files.map((file) => posix.normalize(file)))] : [specifier];
  }

  #foreignBreaches(path: string, home: string, at: string, specifier: string): string[] {
    const isPackage = (name: string) => specifier === name || specifier.startsWith(`${name}/`);
    const peer = Object.keys(peers).find(isPackage);
    if (peer !== undefined && peers[peer] === home) return [];
    if (home.startsWith("runtimes/")) {
      if (platformModule.test(specifier)) return [];
      // A fixture starts the tests' servers and is not published.
      if (posix.basename(path) === "fixture.ts") return [];
      if (home === "runtimes/node" && Object.keys(this.#manifest.dependencies ?? {}).some(isPackage))
        return [];
    }
    return [`${at}: ${home} may not import ${specifier}`];
  }
}

function homeOf(path: string): string | undefined {
  return Object.keys(sees).find((home) => path === home || path.startsWith(`${home}/`));
}

function platformBreaches(path: string, tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1];
    const { kind, text, line } = token;
    const breach = [`${path}:${line}: names ${text}`];
    if (kind === "string") {
      const keyOfGlobal = isMark(before, "[") && tokens[index - 2]?.text === "globalThis";
      const asked = tokens[index + 1]?.kind === "word" && tokens[index + 1].text === "in";
      const named = platformGlobals.has(text) && (keyOfGlobal || asked);
      return named || platformModule.test(text) ? breach : [];
    }
    if (!platformGlobals.has(text) || isPropertyName(tokens, index)) return [];
    return isMark(before, ".") && !isGlobalThis(tokens, index - 2) ? [] : breach;
  });
}

function isGlobalThis(tokens: readonly Token[], index: number): boolean {
  return tokens[isMark(tokens[index], "?") ? index - 1 : index]?.text === "globalThis";
}

function isPropertyName(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  const opens = ["{", ",", ";", "}"].some((mark) => isMark(before, mark)) || before?.text === "readonly";
  return (
    opens && [":", "?"].some((mark) => isMark(tokens[index + 1], mark)) && !isMark(tokens[index + 2], ".")
  );
}

function anyBreaches(path: string, tokens: readonly Token[]): string[] {
  return tokens
    .filter(({ kind, text }, index) => kind === "word" && text === "any" && !isMark(tokens[index - 1], "."))
    .map(({ line }) => `${path}:${line}: has the type any`);
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** Tests that are marked to run alone, or not to run. */
export function marked(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) => {
    const tokens = tokensOf(source);
    return tokens.flatMap(({ kind, text, line }, index) => {
      if (kind !== "word" || !marks.has(text)) return [];
      const called = isMark(tokens[index - 1], ".") && runners.has(tokens[index - 2]?.text);
      const option = isMark(tokens[index + 1], ":") && runners.has(calledAround(tokens, index));
      return called || option ? [`${path}:${line}: a test marked ${text}`] : [];
    });
  });
}

const marks = new Set(["only", "skip", "todo"]);
const runners = new Set(["test", "it", "describe", "suite", "t", "context"]);

/** The name of the function in whose arguments an option stands. */
function calledAround(tokens: readonly Token[], index: number): string {
  let depth = 0;
  let braces = 0;
  for (let at = index - 1; at >= 0; at--) {
    const { kind, text } = tokens[at];
    if (kind !== "mark") continue;
    if (")]}".includes(text)) depth++;
    if (!"([{".includes(text) || depth-- > 0) continue;
    if (text === "(") return braces === 1 ? (tokens[at - 1]?.text ?? "") : "";
    braces++;
    depth = 0;
  }
  return "";
}
