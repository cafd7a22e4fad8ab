/** A test of this repository that proves of Wirehall what the tool cannot see from outside. */
export interface OwnTest {
  readonly file: string;
  /** A part of its name, as it stands in the file. */
  readonly name: string;
}

const tls: OwnTest = {
  file: "test/serve/serve.test.ts",
  name: "serves HTTP and WebSocket on one port, refuses a second server, and shuts down",
};

/** By the names of the sentences that they prove. */
export const ownTests: Readonly<Record<string, OwnTest>> = {
  clientUri: { file: "test/protocol/dial.test.ts", name: "a request that can't be sent throws" },
  clientNonce: {
    file: "test/protocol/dial.test.ts",
    name: "a new key is 16 bytes of the given randomness in base64",
  },
  serverTunnel: tls,
  originRefused: {
    file: "test/endpoint/origin.test.ts",
    name: "the reason names both values and the option, on one line",
  },
  entropy: {
    file: "test/protocol/send.test.ts",
    name: "a client's masking keys are the bytes of its own source",
  },
  sendOpen: {
    file: "test/protocol/close.test.ts",
    name: "nothing is sent after a close frame, not even a pong",
  },
  parsed: { file: "test/protocol/cuts.test.ts", name: "the same however the bytes are cut" },
  closeTogether: {
    file: "test/conformance/cases/close.ts",
    name: "close: both at once end it once, with the code of the first",
  },
  closeStarts: { file: "test/conformance/cases/close.ts", name: "close: the server closes with" },
  failNoMore: {
    file: "test/protocol/close.test.ts",
    name: "nothing is told after the end, whatever still comes",
  },
  close1005: {
    file: "test/protocol/close.test.ts",
    name: "exactly the registered and private close codes may be on the wire",
  },
  tls,
  longestWindow: {
    file: "test/protocol/compress.test.ts",
    name: "a window that was limited is not reached beyond",
  },
};
