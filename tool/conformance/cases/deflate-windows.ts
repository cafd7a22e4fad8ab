import type { Case } from "../case.ts";
import { answered } from "../judge/answered.ts";
import { text } from "../judge/message.ts";
import { rfc7692 as quotes } from "../standard/standards.ts";
import { compressed, open, random } from "./deflate-messages.ts";

/** How much less than the window zlib looks back: its MIN_LOOKAHEAD, and some bytes to be found there. */
const margin = 300;
const quote = { server: quotes.serverInflatesFar, client: quotes.clientInflatesFar };

/** Random digits and the first of them again, as far away as the window of the tool's compressor reaches. */
function farCase(title: string, inOneMessage: boolean): Case {
  return {
    title,
    quote,
    run: async (subject) => {
      const peer = await open(subject);
      const far = (1 << (peer.agreement?.toSubject.windowBits ?? 15)) - margin;
      const digits = random(far / 2, 1).data.toString("hex");
      const again = digits.slice(0, 40);
      const messages = inOneMessage ? [text(digits + again)] : [text(digits), text(again)];
      peer.send(...messages.map((message) => compressed(peer, message)));
      return await answered(peer, { messages });
    },
  };
}

export const windows: readonly Case[] = [
  farCase("inflates what looks back as far as the window, within a message", true),
  farCase("inflates what looks back as far as the window, into the message before", false),
];
