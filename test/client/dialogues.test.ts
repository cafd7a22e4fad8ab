import { describe, test } from "node:test";
import { Arrivals } from "../clients/session.ts";
import { dialoguesFor } from "./dialogue.ts";
import { checkClient } from "./dialogue-client.ts";
import { checkServer, type Line } from "./dialogue-server.ts";
import { ReferenceRoom } from "./reference-room.ts";

describe("dialogues with the client", () => {
  for (const dialogue of dialoguesFor("client")) test(dialogue.name, () => checkClient(dialogue));
});

describe("dialogues with the reference server", () => {
  for (const dialogue of dialoguesFor("server")) {
    test(dialogue.name, async () => {
      const room = new ReferenceRoom();
      await checkServer(dialogue, {
        open: async () => lineTo(room),
        forget: (what) => (what === "sessions" ? room.forgetSessions() : room.forgetHistory()),
      });
    });
  }
});

function lineTo(room: ReferenceRoom): Line {
  const frames = new Arrivals<string | Uint8Array>();
  const ended = Promise.withResolvers<number>();
  const connection = room.connect({
    send: (frame) => frames.push(frame),
    close(code) {
      frames.end(new Error(`closed with ${code}`));
      ended.resolve(code);
    },
  });
  return {
    send: (message) => connection.receive(message),
    next: () => frames.next(),
    ended: () => ended.promise,
    drop: async () => connection.ended(),
  };
}
