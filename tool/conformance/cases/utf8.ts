import type { Case, Group } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { parts, ping, split, text, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import type { Subject } from "../subject.ts";
import type { Outcome } from "../verdict.ts";
import { opcode } from "../wire/frame.ts";
import { firstFault } from "../wire/utf8.ts";
import { broken, brokenClasses, cut, type Sample, valid } from "./utf8-tables.ts";

const validHow = ["whole", "in fragments of 1 octet", "in writes of 1 byte"] as const;

function validCase([name, octets]: Sample, how: (typeof validHow)[number]): Case {
  return {
    title: `echoes ${name}, ${how}`,
    quote: quotes.utf8,
    run: async (subject) => {
      const peer = await subject.open();
      const message = text(octets);
      if (how === "whole") peer.send(whole(message));
      else if (how === "in fragments of 1 octet") peer.sendAll(split(message, 1));
      else await peer.stream.writeChopped(peer.encode([whole(message)]), 1);
      return await answered(peer, { messages: [message] });
    },
  };
}

function wholeCase([name, octets]: Sample): Case {
  return {
    title: `refuses ${name}, in one frame`,
    quote: quotes.utf8Fails,
    run: async (subject) => {
      const peer = await subject.open();
      const before = text("before");
      peer.send(whole(before), whole(text(octets)), ping("after"));
      return await refused(peer, [1007], { messages: [before] });
    },
  };
}

/** Words of 8 bytes and more are looked at together where text is mostly ASCII. */
const places = Array.from({ length: 8 }, (_, i) => 16 + i);

const wideAtEachPlace: Case = {
  title: "echoes longer texts with one character of 2 octets, at each place",
  quote: quotes.utf8,
  run: async (subject) => {
    const peer = await subject.open();
    const messages = places.map((place) => text(`${"a".repeat(place)}\u00e9${"z".repeat(32)}`));
    peer.send(...messages.map(whole));
    return await answered(peer, { messages });
  },
};

/** A text that ends too early: only its end shows that it is bad. */
function cutCase([name, octets]: Sample): Case {
  return {
    title: `refuses a text that ends in ${name}, by a last empty fragment`,
    quote: quotes.utf8Fails,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(...parts("text", [octets, ""]), ping("after"));
      return await refused(peer, [1007]);
    },
  };
}

const early = "Close 1007 at the first bad octet";

/** The fragments up to the first bad octet, then a ping: a pong shows that the subject went on. */
function fragmentCase([name, octets]: Sample, isCut: boolean): Case {
  return {
    title: `refuses ${name} with the fragment that ${isCut ? "begins with" : "has"} the first bad octet`,
    quote: quotes.utf8Fails,
    run: async (subject) => {
      const peer = await subject.open();
      const at = firstFault(octets) + 1;
      const before = isCut ? [octets.subarray(0, at - 1)] : [];
      const bad = octets.subarray(isCut ? at - 1 : 0, at);
      const fragments = parts("text", [...before, bad, octets.subarray(at)]);
      peer.send(...fragments.slice(0, -1), ping("between"));
      const event = await peer.next(early);
      if (event.kind === "close" || event.kind === "end")
        return atOnce(event.kind, event.kind === "close" ? event.code : undefined, peer.story);
      if (event.kind !== "pong") return { verdict: "failed", expected: early, seen: peer.story };
      peer.send(...fragments.slice(-1), ping("after"));
      return later(await refused(peer, [1007]));
    },
  };
}

/** The head of a frame and its payload up to the first bad octet; the rest only if nothing comes of it. */
async function withinFrame(subject: Subject, octets: Buffer, byByte: boolean): Promise<Outcome> {
  const peer = await subject.open();
  const { stream } = peer;
  const frame = peer.encode([{ opcode: opcode.text, payload: octets }]);
  const at = frame.length - octets.length + firstFault(octets) + 1;
  if (byByte) await stream.writeChopped(frame.subarray(0, at), 1);
  else stream.write(frame.subarray(0, at));
  if (await stream.within(subject.graceMs, () => stream.size > 0 || stream.end !== undefined))
    return await refused(peer, [1007]);
  stream.write(Buffer.concat([frame.subarray(at), peer.encode([ping("after")])]));
  return later(await refused(peer, [1007]));
}

function withinCase([name, octets]: Sample, byByte: boolean): Case {
  return {
    title: `refuses ${name} in the middle of a frame${byByte ? " that comes byte by byte" : ""}`,
    quote: quotes.utf8Fails,
    run: async (subject) => {
      const outcome = await withinFrame(subject, octets, byByte);
      return { ...outcome, expected: early };
    },
  };
}

function atOnce(kind: "close" | "end", code: number | undefined, seen: string): Outcome {
  return { verdict: kind === "close" && code === 1007 ? "strict" : "lenient", expected: early, seen };
}

/** What a subject deserves that failed the connection, but not at the first bad octet. */
function later(outcome: Outcome): Outcome {
  const verdict = outcome.verdict === "strict" ? "lenient" : outcome.verdict;
  return { verdict, expected: early, seen: `${outcome.seen}, after more of the text had come` };
}

const binaryIsFree: Case = {
  title: "echoes a binary message that is no UTF-8",
  quote: quotes.anyBinary,
  run: async (subject) => {
    const peer = await subject.open();
    const messages = broken.map(([, data]) => ({ kind: "binary", data }) as const);
    peer.sendAll(messages.map(whole));
    return await answered(peer, { messages });
  },
};

const someValid = valid.filter(([, octets]) => octets.length > 2);

export const utf8: Group = {
  name: "utf8",
  title: "UTF-8",
  sections: [
    [...valid.map((row) => validCase(row, "whole")), wideAtEachPlace],
    someValid.map((row) => validCase(row, "in fragments of 1 octet")),
    someValid.map((row) => validCase(row, "in writes of 1 byte")),
    [
      ...[...broken, ...cut].map(wholeCase),
      ...places.map((place) =>
        wholeCase([
          `the octet FF behind ${place} of ASCII`,
          Buffer.concat([Buffer.alloc(place, "a"), Buffer.of(0xff), Buffer.alloc(32, "z")]),
        ]),
      ),
    ],
    [
      ...broken.map((row) => fragmentCase(row, false)),
      ...brokenClasses.map((row) => fragmentCase(row, true)),
    ],
    [
      ...brokenClasses.map((row) => withinCase(row, false)),
      ...brokenClasses.map((row) => withinCase(row, true)),
    ],
    cut.map(cutCase),
    [binaryIsFree],
  ],
};
