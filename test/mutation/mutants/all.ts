import type { MutantGroup } from "../mutant.ts";
import { codes, frames, tcp } from "./closing.ts";
import { messages, offers } from "./compression.ts";
import { headers, lengths, masking, reserved } from "./framing.ts";
import { answers, requests } from "./handshake.ts";
import { controls, fragments } from "./messages.ts";
import { classes, texts } from "./text.ts";

export const groups: readonly MutantGroup[] = [
  lengths,
  masking,
  headers,
  reserved,
  fragments,
  controls,
  classes,
  texts,
  codes,
  frames,
  tcp,
  requests,
  answers,
  offers,
  messages,
];
