import type { FrameSpec } from "./wire/frame.ts";
import type { Head, Header } from "./wire/http.ts";
import type { Peer } from "./wire/peer.ts";
import type { ByteStream } from "./wire/stream.ts";

/** A request to a server, well formed as far as nothing else is said. */
export interface Request {
  /** [GET] */
  readonly method?: string;
  /** [the path that was given on the command line] */
  readonly target?: string;
  /** [HTTP/1.1] */
  readonly version?: string;
  /** Headers in place of the usual ones, by lower-case name; null leaves one out. */
  readonly replace?: Readonly<Record<string, string | null>>;
  /** Further lines. */
  readonly more?: readonly Header[];
  /** Changes the names of all headers. */
  readonly name?: (name: string) => string;
  /** Writes the head in pieces of so many bytes. */
  readonly chop?: number;
}

/** What a server answered, before anything is judged. */
export interface Reply {
  readonly stream: ByteStream;
  readonly key: string;
  /** Undefined when the connection ended before an answer was whole. */
  readonly head: Head | undefined;
  readonly status: number;
}

/** What a client asked, before it is answered. */
export interface Asked {
  readonly head: Head;
  /** The port that it connected to. */
  readonly port: number;
  /** Whether it sends anything more before it is answered, as far as can be told by waiting a little. */
  sendsMore(): Promise<boolean>;
}

/** The answer of the tool to a client's handshake. */
export interface Answer {
  /** [HTTP/1.1 101 Switching Protocols] */
  readonly statusLine?: string;
  /** Headers in place of the usual ones, by lower-case name; null leaves one out. */
  readonly replace?: Readonly<Record<string, string | null>>;
  readonly more?: readonly Header[];
  readonly name?: (name: string) => string;
  /** Changes the value of Sec-WebSocket-Accept. */
  readonly accept?: (value: string) => string;
  readonly chop?: number;
  /** Frames that follow in the same write. */
  readonly early?: readonly FrameSpec[];
}

/** What a WebSocket needs beyond the usual. */
export interface Wants {
  /** The permessage-deflate offer of the tool, or the answer to the client's; with it a peer has an agreement. */
  readonly deflate?: string;
  /** The case is about a window that the server takes over: a client must not have declined that [false]. */
  readonly takeover?: boolean;
}

/** What is tested, as a case sees it. Every connection ends with the case. */
export interface Subject {
  readonly role: "server" | "client";
  /** How long silence must last where it is an answer: only to tell `strict` from `lenient`. */
  readonly graceMs: number;
  /** A WebSocket, its handshake checked. Throws `Breach` where that is wrong, `Missing` without the extension. */
  open(wants?: Wants): Promise<Peer>;
  /** Asks a server anything. */
  ask(request: Request): Promise<Reply>;
  /** The client's request, as it came; for cases that test clients. */
  request(): Promise<Asked>;
  /** Answers the client's request in any way. */
  answer(answer: Answer): Promise<Peer>;
}

/** The subject does not have the optional part that a case is about. */
export class Missing extends Error {}
