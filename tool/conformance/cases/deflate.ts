import { constants, deflateRawSync } from "node:zlib";
import type { Case, Group, Quote } from "../case.ts";
import { answered, exchanged } from "../judge/answered.ts";
import { type Message, ping, split, text, textOf, whole } from "../judge/message.ts";
import { refused } from "../judge/refused.ts";
import { rfc6455 as base, rfc7692 as quotes } from "../standard/standards.ts";
import { type FrameSpec, opcode } from "../wire/frame.ts";
import type { Peer } from "../wire/peer.ts";
import { compressed, compressedParts, open, orderly, random, rsv1 } from "./deflate-messages.ts";
import { bomb, finalBlocks, incompressible } from "./deflate-traps.ts";
import { windows } from "./deflate-windows.ts";

const hello = text("Hello");
const each = 20;

type Row = readonly [title: string, params: string, takeover?: boolean];

const agreements: readonly Row[] = [
  ["context takeover both ways", "", true],
  ["server_no_context_takeover", "; server_no_context_takeover"],
  ["client_no_context_takeover", "; client_no_context_takeover", true],
  ["no context takeover either way", "; server_no_context_takeover; client_no_context_takeover"],
  ["server_max_window_bits=9", "; server_max_window_bits=9"],
  ["client_max_window_bits=9", "; client_max_window_bits=9"],
  [
    "all four parameters",
    "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10",
  ],
];

const sizes = [16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

function sizeCase([title, params, takeover]: Row, kind: "text" | "random bytes", size: number): Case {
  return {
    title: `echoes ${each} compressed messages of ${size} bytes of ${kind}, ${title}`,
    quote: quotes.agreed,
    patience: 2,
    run: async (subject) => {
      const peer = await open(subject, params, takeover);
      const messages = Array.from({ length: each }, (_, i) => (kind === "text" ? orderly : random)(size, i));
      for (const message of messages) peer.send(compressed(peer, message));
      return await answered(peer, { messages });
    },
  };
}

function fragmentCase(size: number): Case {
  return {
    title: `echoes a compressed message in fragments of ${size} octets`,
    quote: quotes.receiveWhole,
    run: async (subject) => {
      const peer = await open(subject);
      const messages = [orderly(4096, 1), random(4096, 2)];
      for (const message of messages) peer.sendAll(compressedParts(peer, message, size));
      return await answered(peer, { messages });
    },
  };
}

/** Payloads as they are on the wire; all but the last example are text "Hello". */
function rawCase(title: string, quote: Quote, payload: string, message: Message = hello): Case {
  return {
    title: `echoes ${title}`,
    quote,
    run: async (subject) => {
      const peer = await open(subject);
      const frame = {
        opcode: opcode[message.kind],
        rsv: rsv1,
        payload: Buffer.from(payload.replaceAll(" ", ""), "hex"),
      };
      // The second shows that the first left the stream in order.
      peer.send(frame, { opcode: opcode.text, payload: "plain" });
      return await answered(peer, { messages: [message, text("plain")] });
    },
  };
}

const sharedWindow: Case = {
  title: "inflates a message that looks back into the one before",
  quote: { server: quotes.serverInflatesOn, client: quotes.clientInflatesOn },
  run: async (subject) => {
    const peer = await open(subject);
    if (peer.agreement?.toSubject.noContextTakeover) {
      peer.send(compressed(peer, hello), compressed(peer, hello));
    } else {
      peer.send(
        ...["f248cdc9c90700", "f200110000"].map((hex) => ({
          opcode: opcode.text,
          rsv: rsv1,
          payload: Buffer.from(hex, "hex"),
        })),
      );
    }
    return await answered(peer, { messages: [hello, hello] });
  },
};

const emptyMessage: Case = {
  title: "echoes empty compressed messages",
  quote: quotes.empty,
  run: async (subject) => {
    const peer = await open(subject);
    const frame = { opcode: opcode.text, rsv: rsv1, payload: Buffer.from([0]) };
    peer.send(frame, frame);
    return await answered(peer, { messages: [text(""), text("")] });
  },
};

const plain: Case = {
  title: "echoes messages that were left uncompressed, in turn with others",
  quote: quotes.optional,
  run: async (subject) => {
    const peer = await open(subject);
    const messages = Array.from({ length: 10 }, (_, i) => orderly(600, i));
    for (const [i, message] of messages.entries())
      peer.send(i % 2 === 0 ? compressed(peer, message) : whole(message));
    return await answered(peer, { messages });
  },
};

const finalBlock: Case = {
  title: "echoes messages whose blocks have BFINAL",
  quote: quotes.final,
  run: async (subject) => {
    const peer = await open(subject);
    const messages = Array.from({ length: 3 }, (_, i) => orderly(2000, i));
    for (const message of messages) {
      const payload = Buffer.concat([
        deflateRawSync(message.data, { windowBits: peer.agreement?.toSubject.windowBits }),
        Buffer.from([0]),
      ]);
      peer.send({ ...whole(message), rsv: rsv1, payload });
    }
    return await answered(peer, { messages });
  },
};

const manyBlocks: Case = {
  title: "echoes a message of many blocks",
  quote: quotes.blocks,
  run: async (subject) => {
    const peer = await open(subject);
    const message = orderly(5000, 1);
    const pieces = split(message, 500).map(({ payload }) =>
      deflateRawSync(payload ?? "", { finishFlush: constants.Z_SYNC_FLUSH }),
    );
    peer.send({ ...whole(message), rsv: rsv1, payload: Buffer.concat(pieces).subarray(0, -4) });
    return await answered(peer, { messages: [message] });
  },
};

function levelCase(title: string, options: Parameters<typeof deflateRawSync>[1]): Case {
  return {
    title: `echoes a message compressed with ${title}`,
    quote: quotes.anyBlocks,
    run: async (subject) => {
      const peer = await open(subject);
      const message = orderly(3000, 1);
      const payload = deflateRawSync(message.data, {
        ...options,
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, -4);
      peer.send({ ...whole(message), rsv: rsv1, payload });
      return await answered(peer, { messages: [message] });
    },
  };
}

const controlBetween: Case = {
  title: "answers pings between compressed fragments",
  quote: base.between,
  run: async (subject) => {
    const peer = await open(subject);
    const message = orderly(2000, 1);
    const [first, ...others] = compressedParts(peer, message, 50);
    peer.send(first, ping("between"));
    const outcome = await exchanged(peer, { pongs: ["between"] });
    if (outcome.verdict === "failed") return outcome;
    peer.send(...others.flatMap((frame, i) => [ping(`${i}`), frame]));
    return await answered(peer, { messages: [message], pongs: others.map((_, i) => `${i}`) });
  },
};

const emptyFragments: Case = {
  title: "echoes a compressed message with empty fragments",
  quote: quotes.receiveWhole,
  run: async (subject) => {
    const peer = await open(subject);
    const [frame] = compressedParts(peer, hello, 1000);
    const rest = { opcode: opcode.continuation, fin: false };
    peer.send(
      { ...frame, payload: "", fin: false },
      rest,
      { ...rest, payload: frame.payload },
      { ...rest, fin: true },
    );
    return await answered(peer, { messages: [hello] });
  },
};

function bad(
  title: string,
  quote: Quote,
  codes: readonly number[],
  frames: (peer: Peer) => readonly FrameSpec[],
): Case {
  return {
    title: `refuses ${title}`,
    quote,
    run: async (subject) => {
      const peer = await open(subject);
      const before = textOf(30);
      peer.send(whole(before), ...frames(peer), ping("after"));
      return await refused(peer, codes, { messages: [before] });
    },
  };
}

const invalidText = Buffer.concat([Buffer.from("wire "), Buffer.from([0xed, 0xa0, 0x80])]);

export const deflate: Group = {
  name: "deflate",
  title: "Compression: messages",
  sections: [
    agreements
      .slice(0, 1)
      .flatMap((row) =>
        (["text", "random bytes"] as const).flatMap((kind) => sizes.map((size) => sizeCase(row, kind, size))),
      ),
    agreements
      .slice(1)
      .flatMap((row) =>
        (["text", "random bytes"] as const).flatMap((kind) =>
          [16, 1024, 32_768, 131_072].map((size) => sizeCase(row, kind, size)),
        ),
      ),
    [...[1, 2, 16, 256, 1000].map(fragmentCase), emptyFragments, controlBetween],
    [
      rawCase("the RFC's example, 7.2.3.1", quotes.appendTail, "f2 48 cd c9 c9 07 00"),
      sharedWindow,
      rawCase("a block without compression", quotes.anyBlocks, "00 05 00 fa ff 48 65 6c 6c 6f 00"),
      rawCase("a block with BFINAL", quotes.final, "f3 48 cd c9 c9 07 00 00"),
      rawCase("two blocks", quotes.blocks, "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"),
      emptyMessage,
      rawCase("an empty block of fixed codes", quotes.empty, "02 00", text("")),
      plain,
      finalBlock,
      manyBlocks,
      levelCase("fixed codes", { strategy: constants.Z_FIXED, windowBits: 9 }),
      levelCase("codes but no matches", { strategy: constants.Z_HUFFMAN_ONLY, windowBits: 9 }),
      levelCase("runs only", { strategy: constants.Z_RLE, windowBits: 9 }),
      levelCase("the best level", { level: 9, windowBits: 9 }),
      finalBlocks,
      incompressible,
      ...windows,
    ],
    [
      bad("RSV1 on a continuation", quotes.bit, [1002], (peer) =>
        compressedParts(peer, orderly(300, 1), 40).map((frame) => ({ ...frame, rsv: rsv1 })),
      ),
      bad("RSV1 on a continuation of an uncompressed message", quotes.bit, [1002], () =>
        split(hello, 2).map((frame, i) => ({ ...frame, rsv: i === 0 ? 0 : rsv1 })),
      ),
      bad("RSV1 on a ping", quotes.bit, [1002], () => [ping("x", { rsv: rsv1 })]),
      bad("RSV1 on a pong", quotes.bit, [1002], () => [{ opcode: opcode.pong, rsv: rsv1 }]),
      bad("RSV2 on a compressed message", base.rsv, [1002], (peer) => [
        { ...compressed(peer, hello), rsv: 6 },
      ]),
      bad("RSV3 on an uncompressed message", base.rsv, [1002], () => [{ ...whole(hello), rsv: 1 }]),
      bad("a block of the reserved type", quotes.decompress, [1002, 1007], () => [
        { opcode: opcode.text, rsv: rsv1, payload: Buffer.from([0x06, 0xff, 0xff]) },
      ]),
      bad("data that is no DEFLATE", quotes.decompress, [1002, 1007], () => [
        { opcode: opcode.binary, rsv: rsv1, payload: Buffer.from("ffffffffffffffffffffffff", "hex") },
      ]),
      bad("a stored block whose length does not match", quotes.decompress, [1002, 1007], () => [
        { opcode: opcode.text, rsv: rsv1, payload: Buffer.from("000500000048656c6c6f00", "hex") },
      ]),
      bad("a match that looks back before the beginning", quotes.decompress, [1002, 1007], () => [
        { opcode: opcode.text, rsv: rsv1, payload: Buffer.from("02020000", "hex") },
      ]),
      bad("compressed text that is no UTF-8", quotes.typeAgain, [1007], (peer) => [
        compressed(peer, text(invalidText)),
      ]),
      bad("compressed text that ends inside a character", quotes.typeAgain, [1007], (peer) => [
        compressed(peer, text(Buffer.from([0x61, 0xe2, 0x82]))),
      ]),
      bomb,
    ],
  ],
};
