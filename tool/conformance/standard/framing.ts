/** RFC 6455, 5.1 to 5.3: frames and masks. In the order of the standard, and word by word. */
export const framing = {
  masks: {
    source: "RFC 6455, 5.1",
    binds: "client",
    text: "To avoid confusing network intermediaries (such as intercepting proxies) and for security reasons that are further discussed in Section 10.3, a client MUST mask all frames that it sends to the server (see Section 5.3 for further details).",
    by: ["1.1"],
  },
  unmasked: {
    source: "RFC 6455, 5.1",
    binds: "server",
    text: "The server MUST close the connection upon receiving a frame that is not masked.",
  },
  serverMasksNot: {
    source: "RFC 6455, 5.1",
    binds: "server",
    text: "A server MUST NOT mask any frames that it sends to the client.",
    by: ["1.1"],
  },
  masked: {
    source: "RFC 6455, 5.1",
    binds: "client",
    text: "A client MUST close a connection if it detects a masked frame.",
  },
  rsvZero: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values.",
    by: ["1.1"],
  },
  rsv: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_.",
  },
  opcode: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_.",
  },
  length7: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: 'The length of the "Payload data", in bytes: if 0-125, that is the payload length.',
  },
  length16: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length.",
  },
  length64: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length.",
  },
  minimal: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, the length of a 124-byte-long string can't be encoded as the sequence 126, 0, 124.",
    by: ["1.1"],
  },
  extensionData: {
    source: "RFC 6455, 5.2",
    binds: "extension",
    text: 'Any extension MUST specify the length of the "Extension data", or how that length may be calculated, and how the extension use MUST be negotiated during the opening handshake.',
    untested: "author",
  },
  rsvAbnf: {
    source: "RFC 6455, 5.2",
    binds: "endpoint",
    text: "1 bit in length, MUST be 0 unless negotiated otherwise",
    by: ["1.1"],
  },
  maskedField: {
    source: "RFC 6455, 5.3",
    binds: "client",
    text: "A masked frame MUST have the field frame-masked set to 1, as defined in Section 5.2.",
    by: ["1.1"],
  },
  freshKey: {
    source: "RFC 6455, 5.3",
    binds: "client",
    text: "When preparing a masked frame, the client MUST pick a fresh masking key from the set of allowed 32-bit values.",
  },
  entropy: {
    source: "RFC 6455, 5.3",
    binds: "client",
    text: "The masking key needs to be unpredictable; thus, the masking key MUST be derived from a strong source of entropy, and the masking key for a given frame MUST NOT make it simple for a server/proxy to predict the masking key for a subsequent frame.",
  },
} as const;
