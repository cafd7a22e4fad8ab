import type { Case, Group, Quote } from "../case.ts";
import { answered, exchanged } from "../judge/answered.ts";
import { endOfTcp } from "../judge/ending.ts";
import { bytesOf, parts, ping, text, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as quotes } from "../standard/standards.ts";
import type { Outcome } from "../verdict.ts";
import { closePayload, type FrameSpec, opcode } from "../wire/frame.ts";
import type { Peer } from "../wire/peer.ts";
import { broken } from "./utf8-tables.ts";

const close = (payload: string | Uint8Array = ""): FrameSpec => ({ opcode: opcode.close, payload });
const before = text("before");
const promptMs = 1_000;

/** A Close frame in answer, with one of the codes (undefined: none), then the end of TCP. */
async function replied(peer: Peer, codes: readonly (number | undefined)[]): Promise<Outcome> {
  const expected = `Close ${codes.map((code) => code ?? "without a code").join(" or ")} and the end of TCP`;
  const event = await peer.next(expected);
  if (event.kind !== "close") return { verdict: "failed", expected, seen: peer.story };
  const { how } = await endOfTcp(peer);
  if (how === undefined) return { verdict: "failed", expected, seen: peer.story };
  return { verdict: codes.includes(event.code) ? "strict" : "lenient", expected, seen: peer.story };
}

function codeCase(code: number, quote: Quote, reason = ""): Case {
  return {
    title: `answers ${code}${reason === "" ? "" : ` with a reason of ${Buffer.byteLength(reason)} bytes`} with ${code}`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(whole(before));
      const outcome = await exchanged(peer, { messages: [before] });
      if (outcome.verdict === "failed") return outcome;
      peer.send(close(closePayload(code, reason)));
      return await replied(peer, [code]);
    },
  };
}

function badCodeCase(code: number, quote: Quote): Case {
  return {
    title: `refuses the code ${code}`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(whole(before), close(closePayload(code)));
      return await refused(peer, [1002], { messages: [before] });
    },
  };
}

/** Codes that no standard defines: a refusal is best, an answer is allowed. `peer.next` itself refuses an echo. */
function unknownCodeCase(code: number, quote: Quote): Case {
  return {
    title: `refuses the code ${code}, which nobody has defined`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(close(closePayload(code)));
      const expected = "Close 1002";
      const event = await peer.next(expected).catch(() => undefined);
      const strict = event?.kind === "close" && event.code === 1002;
      return { verdict: strict ? "strict" : "informational", expected, seen: peer.story };
    },
  };
}

function badCase(title: string, quote: Quote, payload: Uint8Array, codes: readonly number[]): Case {
  return {
    title: `refuses a Close frame ${title}`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(whole(before), close(payload));
      return await refused(peer, codes, { messages: [before] });
    },
  };
}

/** Nothing may come of what follows a Close frame in the same write. */
function afterCase(title: string, quote: Quote, frames: readonly FrameSpec[]): Case {
  return {
    title: `gives no answer to ${title} after a Close frame`,
    quote,
    run: async (subject) => {
      const peer = await subject.open();
      peer.send(close(closePayload(1000)), ...frames);
      return await replied(peer, [1000]);
    },
  };
}

const empty: Case = {
  title: "answers an empty Close frame",
  quote: quotes.closeReply,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(close());
    return await replied(peer, [undefined, 1000]);
  },
};

const bytewise: Case = {
  title: "answers a Close frame that comes byte by byte",
  quote: quotes.closeReply,
  run: async (subject) => {
    const peer = await subject.open();
    await peer.stream.writeChopped(peer.encode([close(closePayload(1000, "byte by byte"))]), 1);
    return await replied(peer, [1000]);
  },
};

const fragmented: Case = {
  title: "refuses a Close frame without FIN",
  quote: quotes.control,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(whole(before), { ...close(closePayload(1000)), fin: false });
    return await refused(peer, [1002], { messages: [before] });
  },
};

/** The octets 0x0f and 0xa0 would make 4000. */
const shortPayload: Case = {
  title: "refuses a Close frame with a payload of 1 byte, before a byte that would make it a code",
  quote: quotes.closeBody,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(whole(before), close(Buffer.of(0x0f)), { opcode: opcode.continuation, rsv: 2 });
    return await refused(peer, [1002], { messages: [before] });
  },
};

const serverFirst: Case = {
  title: "closes TCP first and at once",
  quote: quotes.closeTcpFirst,
  tests: "server",
  run: async (subject) => {
    const peer = await subject.open();
    peer.sendClose();
    const expected = `Close 1000 and a FIN within ${promptMs} ms, while the client keeps its side open`;
    const event = await peer.next(expected);
    if (event.kind !== "close") return { verdict: "failed", expected, seen: peer.story };
    const { how, tookMs } = await endOfTcp(peer);
    if (how === undefined) return { verdict: "failed", expected, seen: peer.story };
    return {
      verdict: how === "fin" && tookMs <= promptMs ? "strict" : "lenient",
      expected,
      seen: `${peer.story} after ${Math.round(tookMs)} ms`,
    };
  },
};

const clientWaits: Case = {
  title: "waits for the server to close TCP",
  quote: quotes.closeTcpFirst,
  tests: "client",
  run: async (subject) => {
    const peer = await subject.open();
    peer.sendClose();
    const expected = "Close 1000 and no FIN before the server's";
    const event = await peer.next(expected);
    if (event.kind !== "close") return { verdict: "failed", expected, seen: peer.story };
    const early = await peer.stream.within(subject.graceMs, () => peer.stream.end !== undefined);
    if (early)
      return { verdict: "lenient", expected, seen: `${peer.story}, then the client closed TCP first` };
    const { how } = await endOfTcp(peer);
    return { verdict: how === undefined ? "failed" : "strict", expected, seen: peer.story };
  },
};

const cleanEnd: Case = {
  title: "ends TCP without a reset, though bytes follow the Close frame",
  quote: quotes.tcpCleanly,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(close(closePayload(1000)), whole(bytesOf(1000)));
    const expected = "Close 1000, then a FIN";
    const event = await peer.next(expected);
    if (event.kind !== "close") return { verdict: "failed", expected, seen: peer.story };
    const { how } = await endOfTcp(peer);
    if (how === undefined) return { verdict: "failed", expected, seen: peer.story };
    return { verdict: how === "fin" ? "strict" : "lenient", expected, seen: peer.story };
  },
};

const lost: Case = {
  title: "closes its side when the other ends TCP without a Close frame",
  quote: quotes.closeLost,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(whole(before));
    const outcome = await exchanged(peer, { messages: [before] });
    if (outcome.verdict === "failed") return outcome;
    peer.stream.finish();
    const expected = "the end of TCP";
    for (;;) {
      const event = await peer.next(expected);
      if (event.kind === "end") return { verdict: "strict", expected, seen: peer.story };
      if (event.kind !== "close") return { verdict: "failed", expected, seen: peer.story };
    }
  },
};

const manyFirst: Case = {
  title: "answers all messages that came before the Close frame",
  quote: quotes.closeReply,
  run: async (subject) => {
    const peer = await subject.open();
    const messages = Array.from({ length: 20 }, (_, i) => text(`message ${i}`));
    peer.send(...messages.map(whole), close(closePayload(1000)));
    const words = "20 messages, then Close 1000";
    for (let i = 0; ; i++) {
      const event = await peer.next(words);
      if (event.kind === "close") {
        const { how } = await endOfTcp(peer);
        if (how === undefined) return { verdict: "failed", expected: words, seen: peer.story };
        // RFC 6455, 5.5.1: Close is answered "as soon as practical", and answers may be late for it.
        return {
          verdict: i === messages.length ? "strict" : "informational",
          expected: words,
          seen: peer.story,
        };
      }
      const same = event.kind === "text" && messages[i]?.data.equals(event.data);
      if (!same) return { verdict: "failed", expected: words, seen: peer.story };
    }
  },
};

const failsOnce: Case = {
  title: "answers nothing that follows a violation, not even a Close frame",
  quote: quotes.failNoMore,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send({ opcode: 5 }, whole(text("after")), ping("after"), close(closePayload(1000)));
    return await refused(peer, [1002]);
  },
};

const pingsThenClose: Case = {
  title: "answers a ping that came before the Close frame",
  quote: quotes.pong,
  run: async (subject) => {
    const peer = await subject.open();
    peer.send(ping("before"));
    return await answered(peer, { pongs: ["before"] });
  },
};

const reason123 = "r".repeat(123);
const greek = "Σε γνωρίζω από την κόψη";

export const closing: Group = {
  name: "close",
  title: "Closing",
  sections: [
    [
      empty,
      codeCase(1000, quotes.closeReply),
      codeCase(1000, quotes.closeReason, "bye"),
      codeCase(1000, quotes.closeReason, reason123),
      codeCase(1000, quotes.closeReason, greek),
      bytewise,
    ],
    [
      ...[1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011].map((code) => codeCase(code, quotes.closeDefined)),
      ...[1012, 1013, 1014].map((code) => codeCase(code, quotes.closeRange1)),
      ...[3000, 3999].map((code) => codeCase(code, quotes.closeRange3)),
      ...[4000, 4999].map((code) => codeCase(code, quotes.closeRange4)),
    ],
    [
      ...[0, 1, 999].map((code) => badCodeCase(code, quotes.closeRange0)),
      badCodeCase(1004, quotes.close1004),
      badCodeCase(1005, quotes.close1005),
      badCodeCase(1006, quotes.close1006),
      badCodeCase(1015, quotes.close1015),
      ...[1016, 1100, 2000, 2999].map((code) => badCodeCase(code, quotes.closeRange1)),
      ...[5000, 65_535].map((code) => unknownCodeCase(code, quotes.closeRange4)),
    ],
    [
      badCase("with a payload of 1 byte", quotes.closeBody, Buffer.from([3]), [1002]),
      badCase("of 126 bytes", quotes.control, closePayload(1000, "r".repeat(124)), [1002]),
      badCase("of 128 bytes", quotes.control, closePayload(1000, "r".repeat(126)), [1002]),
      badCase("of 65536 bytes", quotes.control, closePayload(1000, bytesOf(65_534).data), [1002]),
      ...broken
        .filter((_, i) => i % 4 === 0)
        .map(([name, octets]) =>
          badCase(`with the reason: ${name}`, quotes.utf8Fails, closePayload(1000, octets), [1007]),
        ),
      badCase(
        "with a reason that ends inside a character",
        quotes.utf8Fails,
        closePayload(1000, Buffer.from([0x61, 0xe2, 0x82])),
        [1007],
      ),
      fragmented,
      shortPayload,
    ],
    [
      afterCase("a text message", quotes.closeNoData, [whole(text("after"))]),
      afterCase("a ping", quotes.pong, [ping("after")]),
      afterCase("a second Close frame", quotes.closeTcp, [close(closePayload(1001))]),
      afterCase("a frame with a reserved opcode", quotes.closeTcp, [{ opcode: 5 }]),
      afterCase("the rest of a fragmented message", quotes.closeNoData, parts("text", ["a", "b"])),
    ],
    [serverFirst, clientWaits, lost, manyFirst, pingsThenClose, cleanEnd, failsOnce],
  ],
};
