/** RFC 6455, 9 and 10: extensions in general, and security. In the order of the standard, and word by word. */
export const beyond = {
  extensionUnasked: {
    source: "RFC 6455, 9",
    binds: "server",
    text: "A server MUST NOT respond with any extension not requested by the client.",
    by: ["7.1", "7.5.1", "7.5.2"],
  },
  extensionParameters: {
    source: "RFC 6455, 9",
    binds: "endpoint",
    text: "If extension parameters are included in negotiations between the client and the server, those parameters MUST be chosen in accordance with the specification of the extension to which the parameters apply.",
    by: ["9.1", "9.5.7"],
  },
  extensionGrammar: {
    source: "RFC 6455, 9.1",
    binds: "endpoint",
    text: "If a value is received by either the client or the server during negotiation that does not conform to the ABNF below, the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_.",
  },
  extensionQuoted: {
    source: "RFC 6455, 9.1",
    binds: "endpoint",
    text: "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to the 'token' ABNF.",
    by: ["7.5.9", "7.9.15"],
  },
  extensionRegistered: {
    source: "RFC 6455, 9.1",
    binds: "endpoint",
    text: "Any extension-token used MUST be a registered token (see Section 11.4).",
    by: ["7.5.1", "7.5.2"],
    untested: "registry",
  },
  extensionDefined: {
    source: "RFC 6455, 9.1",
    binds: "endpoint",
    text: "The parameters supplied with any given extension MUST be defined for that extension.",
    by: ["9.1", "9.5.7"],
  },
  extensionOnlyOffered: {
    source: "RFC 6455, 9.1",
    binds: "client",
    text: "Note that the client is only offering to use any advertised extensions and MUST NOT use them unless the server indicates that it wishes to use the extension.",
    by: ["1.1"],
  },
  originVerified: {
    source: "RFC 6455, 10.2",
    binds: "server",
    text: "Servers that are not intended to process input from any web page but only for certain sites SHOULD verify the |Origin| field is an origin they expect.",
    by: ["7.2.19"],
  },
  originRefused: {
    source: "RFC 6455, 10.2",
    binds: "server",
    text: "If the origin indicated is unacceptable to the server, then it SHOULD respond to the WebSocket handshake with a reply containing HTTP 403 Forbidden status code.",
    by: ["7.2.19"],
  },
  newKey: {
    source: "RFC 6455, 10.3",
    binds: "client",
    text: "Clients MUST choose a new masking key for each frame, using an algorithm that cannot be predicted by end applications that provide data.",
    by: ["1.6.12", "1.6.13"],
  },
  protect: {
    source: "RFC 6455, 10.4",
    binds: "endpoint",
    text: "Implementations that have implementation- and/or platform-specific limitations regarding the frame size or total message size after reassembly from multiple frames MUST protect themselves against exceeding those limits.",
  },
  limit: {
    source: "RFC 6455, 10.4",
    binds: "endpoint",
    text: "Such an implementation SHOULD impose a limit on frame sizes and the total message size after reassembly from multiple frames.",
    by: ["1.5.4"],
  },
  tls: {
    source: "RFC 6455, 10.6",
    binds: "endpoint",
    text: "WebSocket implementations MUST support TLS and SHOULD employ it when communicating with their peers.",
    untested: "tls",
  },
  validated: {
    source: "RFC 6455, 10.7",
    binds: "endpoint",
    text: "Incoming data MUST always be validated by both clients and servers.",
    by: ["3", "4.5", "5.4"],
  },
  invalidClose: {
    source: "RFC 6455, 10.7",
    binds: "endpoint",
    text: "If the invalid data was received after a successful WebSocket handshake, the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4) before proceeding to _Close the WebSocket Connection_.",
    by: ["3", "4.5", "5.4"],
  },
  invalidHandshake: {
    source: "RFC 6455, 10.7",
    binds: "server",
    text: "If the invalid data is sent during the WebSocket handshake, the server SHOULD return an appropriate HTTP [RFC2616] status code.",
    by: ["7.2", "7.3"],
  },
} as const;
