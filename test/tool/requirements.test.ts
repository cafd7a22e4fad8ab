import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { casesFor, chosen } from "../../tool/conformance/cases/all.ts";
import { levelOf, reasons } from "../../tool/conformance/standard/sentence.ts";
import { standards } from "../../tool/conformance/standard/standards.ts";
import { ownTests } from "./own-tests.ts";
import { boundBy, casesOf, digestOf, drawRequirements } from "./requirements.ts";

const page = new URL("../../docs/conformance/requirements.md", import.meta.url);
const compared = JSON.parse(readFileSync(new URL("./compared.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly sentences: string }>
>;

const named = standards.flatMap(({ sentences }) => Object.entries(sentences));

test("docs/conformance/requirements.md is what the tool says (UPDATE_DOCS=1 draws it anew)", () => {
  if (process.env.UPDATE_DOCS === "1") writeFileSync(page, drawRequirements());
  assert.equal(readFileSync(page, "utf8"), drawRequirements());
});

test("every sentence has a case for each role that it binds, or else a reason", () => {
  const without = named.filter(([, sentence]) => {
    const bound = boundBy(sentence);
    const tested = bound.length > 0 && bound.every((role) => casesOf(sentence, role).length > 0);
    return !tested && sentence.untested === undefined;
  });
  assert.deepEqual(
    without.map(([name]) => name),
    [],
  );
});

test("every case quotes a sentence of the standards", () => {
  const sentences = new Set(named.map(([, sentence]) => sentence));
  for (const role of ["server", "client"] as const) {
    const strays = casesFor(role).filter(({ quote }) => !sentences.has(quote));
    assert.deepEqual(
      strays.map(({ id }) => id),
      [],
    );
  }
});

test("every number that a sentence names is that of a case for a role that it binds", () => {
  for (const [name, sentence] of named) {
    const cases = boundBy(sentence).flatMap((role) => casesFor(role));
    for (const only of sentence.by ?? []) assert.ok(chosen(cases, only).length > 0, `${name}: ${only}`);
  }
});

test("every sentence says something of those whom it binds, or is quoted", () => {
  for (const [name, sentence] of named) {
    const quoted = casesFor("server")
      .concat(casesFor("client"))
      .some(({ quote }) => quote === sentence);
    assert.ok(quoted || levelOf(sentence) !== "", name);
  }
});

test("every reason is needed", () => {
  const used = new Set(named.map(([, { untested }]) => untested));
  assert.deepEqual(
    Object.keys(reasons).filter((reason) => !used.has(reason as keyof typeof reasons)),
    [],
  );
});

test("the repository's own tests that stand in for cases exist", () => {
  const root = new URL("../../", import.meta.url);
  const names = new Set(named.map(([name]) => name));
  for (const [sentence, { file, name }] of Object.entries(ownTests)) {
    assert.ok(names.has(sentence), `${sentence} is no sentence`);
    assert.ok(readFileSync(new URL(file, root), "utf8").includes(name), `${file} has no test named ${name}`);
  }
});

for (const { name, sentences } of standards) {
  test(`the sentences of ${name} are those that scripts/check-standard.ts compared with its text`, () => {
    assert.equal(
      digestOf(sentences),
      compared[name]?.sentences,
      "run scripts/check-standard.ts on the RFC's text",
    );
  });
}
