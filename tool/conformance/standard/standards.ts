import { beyond } from "./beyond.ts";
import { closing } from "./closing.ts";
import { compression } from "./compression.ts";
import { deflate } from "./deflate.ts";
import { framing } from "./framing.ts";
import { handshakeClient } from "./handshake-client.ts";
import { handshakeServer } from "./handshake-server.ts";
import { messages } from "./messages.ts";
import type { Sentence } from "./sentence.ts";

type Named<Name extends string> = Readonly<Record<Name, Sentence>>;

/** The sentences of RFC 6455 by name, in its order. */
export const rfc6455: Named<
  | keyof typeof handshakeClient
  | keyof typeof handshakeServer
  | keyof typeof framing
  | keyof typeof messages
  | keyof typeof closing
  | keyof typeof beyond
> = {
  ...handshakeClient,
  ...handshakeServer,
  ...framing,
  ...messages,
  ...closing,
  ...beyond,
};

/** The sentences of RFC 7692 by name, in its order. */
export const rfc7692: Named<keyof typeof compression | keyof typeof deflate> = { ...compression, ...deflate };

/** The standards that the cases test. */
export const standards: readonly {
  readonly name: string;
  readonly title: string;
  readonly sentences: Named<string>;
}[] = [
  { name: "RFC 6455", title: "The WebSocket Protocol", sentences: rfc6455 },
  { name: "RFC 7692", title: "Compression Extensions for WebSocket", sentences: rfc7692 },
];
