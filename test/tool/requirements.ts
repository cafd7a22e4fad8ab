import { createHash } from "node:crypto";
import type { NumberedCase, Role } from "../../tool/conformance/case.ts";
import { casesFor, chosen } from "../../tool/conformance/cases/all.ts";
import { levelOf, reasons, type Sentence } from "../../tool/conformance/standard/sentence.ts";
import { standards } from "../../tool/conformance/standard/standards.ts";
import { numbers } from "./numbers.ts";
import { ownTests } from "./own-tests.ts";

const roles: readonly Role[] = ["server", "client"];

/** The roles that a sentence binds; none for those that bind neither clients nor servers. */
export function boundBy({ binds }: Sentence): readonly Role[] {
  if (binds === "endpoint") return roles;
  return binds === "server" || binds === "client" ? [binds] : [];
}

/** The cases for `role` that test a sentence: those that quote it, and those that it names. */
export function casesOf(sentence: Sentence, role: Role): readonly NumberedCase[] {
  const named = boundBy(sentence).includes(role) ? (sentence.by ?? []) : [];
  return casesFor(role).filter(
    (one) => one.quote === sentence || named.some((only) => chosen([one], only).length > 0),
  );
}

/** What a list of sentences says, for telling whether it has changed since it was compared with the standard. */
export function digestOf(sentences: Readonly<Record<string, Sentence>>): string {
  const hash = createHash("sha256");
  for (const { source, text } of Object.values(sentences)) hash.update(`${source}\n${text}\n`);
  return hash.digest("hex");
}

function proofOf(name: string, sentence: Sentence): string {
  const [server, client] = roles.map((role) => numbers(casesOf(sentence, role), role));
  const isOneRole = boundBy(sentence).length === 1 && (server === "" || client === "");
  const tested =
    isOneRole || server === client
      ? [server || client]
      : [server && `server: ${server}`, client && `client: ${client}`];
  const own = ownTests[name];
  const more = [
    ...tested,
    sentence.untested && reasons[sentence.untested],
    own && `here: [${own.name}](../../${own.file})`,
  ];
  return more.filter(Boolean).join("<br>");
}

function rowOf(name: string, sentence: Sentence, id: string): string {
  const cells = [id, sentence.text, sentence.binds, levelOf(sentence) || "–", proofOf(name, sentence)];
  return `| ${cells.map((cell) => cell.replace(/[|_*<>](?!br>)/g, (mark) => (mark === "<" || mark === ">" ? mark : `\\${mark}`))).join(" | ")} |`;
}

/** The table of all sentences, as Markdown. */
export function drawRequirements(): string {
  const lines = [
    "# What RFC 6455 and RFC 7692 ask of an endpoint, and what tests it",
    "",
    "Drawn from `tool/conformance/standard`: every sentence with MUST, SHALL, SHOULD or RECOMMENDED in RFC 6455, 4 to 10,",
    "and in RFC 7692, 4 to 8, word by word, and what else the cases of the [tool](README.md) quote. `scripts/check-standard.ts`",
    "compares it with the texts of the RFCs. A level in brackets is that of the algorithm that the sentence is a step of.",
    "",
    "The numbers are those of the tool's cases, sections and groups; where a client's differ from a server's, both stand",
    "there. Section 1.1 also stands for what every case checks of what the subject sends. What no case can see has the reason,",
    "and the test of this repository that proves it of Wirehall, if there is one.",
    "",
    "Two errata of RFC 6455 matter here. 3150: the key in the example of 4.1 ends in bits that no encoder of base64 makes; the",
    "tool takes only those that one makes. 3433: a server may use several Sec-WebSocket-Extensions headers; the tool reads",
    "them as one.",
  ];
  for (const { name: standard, title, sentences } of standards) {
    lines.push("", `## ${standard}: ${title}`);
    let section = "";
    let count = 0;
    for (const [name, sentence] of Object.entries(sentences)) {
      const here = sentence.source.split(", ")[1];
      if (here !== section) {
        section = here;
        count = 0;
        lines.push(
          "",
          `### ${standard}, ${section}`,
          "",
          "| | sentence | binds | level | tested by |",
          "| --- | --- | --- | --- | --- |",
        );
      }
      lines.push(rowOf(name, sentence, `${standard.slice(4)}-${section}-${++count}`));
    }
  }
  return `${lines.join("\n")}\n`;
}
