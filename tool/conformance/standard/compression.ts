/** RFC 7692, 4 to 6: compression in general. In the order of the standard, and word by word. */
export const compression = {
  pmceDefines: {
    source: "RFC 7692, 4",
    binds: "extension",
    text: "Each PMCE referring to this framework MUST define the following:",
    untested: "author",
  },
  pmceParameters: {
    source: "RFC 7692, 4",
    binds: "extension",
    text: 'The extension name of the PMCE and any applicable extension parameters that MUST be included in the "Sec-WebSocket-Extensions" header during the extension negotiation offer/response.',
    untested: "author",
  },
  offerName: {
    source: "RFC 7692, 5",
    binds: "client",
    text: 'To offer use of a PMCE, a client MUST include the extension name of the PMCE in the "Sec-WebSocket-Extensions" header field of its opening handshake of the WebSocket connection.',
  },
  fallback: {
    source: "RFC 7692, 5",
    binds: "server",
    text: 'A client may also offer multiple PMCE choices to the server by including multiple elements in the "Sec-WebSocket-Extensions" header, one for each PMCE offered.',
  },
  offerWindow: {
    source: "RFC 7692, 5",
    binds: "client",
    text: "In a PMCE negotiation offer, the client MUST inform the server of its LZ77 window size so that the server uses an LZ77 window size that is not greater than the LZ77 window size of the client.",
    by: ["10.1", "10.4.17"],
  },
  answerName: {
    source: "RFC 7692, 5",
    binds: "server",
    text: 'To accept the use of an offered PMCE, a server MUST include the extension name of the PMCE in the "Sec-WebSocket-Extensions" header field of its opening handshake of the WebSocket connection.',
    by: ["9.1"],
  },
  answerSupported: {
    source: "RFC 7692, 5",
    binds: "server",
    text: "The element MUST represent a PMCE that is fully supported by the server.",
    by: ["9.1", "10.2"],
  },
  noConflict: {
    source: "RFC 7692, 5",
    binds: "server",
    text: "A server MUST NOT accept a PMCE extension negotiation offer together with another extension if the PMCE will conflict with the extension on their use of the RSV1 bit.",
  },
  noConflictClient: {
    source: "RFC 7692, 5",
    binds: "client",
    text: "A client that received a response accepting a PMCE extension negotiation offer together with such an extension MUST _Fail the WebSocket Connection_.",
  },
  noOrderConflict: {
    source: "RFC 7692, 5",
    binds: "server",
    text: "A server MUST NOT accept a PMCE extension negotiation offer together with another extension if the PMCE will be applied to the output of the extension and any of the following conditions applies to the extension:",
    by: ["9.2.6"],
  },
  noOrderConflictClient: {
    source: "RFC 7692, 5",
    binds: "client",
    text: "A client that receives a response accepting a PMCE extension negotiation offer together with such an extension MUST _Fail the WebSocket Connection_.",
    by: ["9.5.8"],
  },
  declineAll: {
    source: "RFC 7692, 5",
    binds: "server",
    text: "A server declining all offered PMCEs MUST NOT include any element with PMCE names.",
    by: ["9.3"],
  },
  invalidAnswer: {
    source: "RFC 7692, 5",
    binds: "client",
    text: "If a server gives an invalid response, such as accepting a PMCE that the client did not offer, the client MUST _Fail the WebSocket Connection_.",
  },
  agreed: {
    source: "RFC 7692, 5",
    binds: "endpoint",
    text: 'If a server responds with a valid PMCE element in the "Sec-WebSocket-Extensions" header and _the WebSocket Connection is established_, both endpoints MUST use the algorithm described in Section 6 and the message payload transformation (compressing and decompressing) procedure of the PMCE configured with the "agreed parameters" returned by the server to exchange messages.',
    by: ["10.1", "10.2"],
  },
  optional: {
    source: "RFC 7692, 6",
    binds: "endpoint",
    text: 'A message with the "Per-Message Compressed" bit unset on the first fragment of the message is called an "uncompressed message".',
  },
  sendCompressed: {
    source: "RFC 7692, 6.1",
    binds: "endpoint",
    text: "An endpoint MUST use the following algorithm to send a message in the form of a compressed message.",
    by: ["10.1"],
  },
  sendPlain: {
    source: "RFC 7692, 6.1",
    binds: "endpoint",
    text: "An endpoint MUST use the following algorithm to send a message in the form of an uncompressed message.",
    by: ["10.4.8"],
  },
  bitNot: {
    source: "RFC 7692, 6.1",
    binds: "endpoint",
    text: 'An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message.',
    by: ["10.1", "10.3.7"],
  },
  bit: {
    source: "RFC 7692, 6.1",
    binds: "endpoint",
    text: "An endpoint receiving such a frame MUST _Fail the WebSocket Connection_.",
  },
  typeAgain: {
    source: "RFC 7692, 6.1",
    binds: "endpoint",
    text: "At the receiver, the payload data portion after decompression is subject to the constraints for the original data type again.",
  },
  receiveCompressed: {
    source: "RFC 7692, 6.2",
    binds: "endpoint",
    text: "An endpoint MUST use the following algorithm to receive a message in the form of a compressed message.",
    by: ["10.1", "10.3"],
  },
  receiveWhole: {
    source: "RFC 7692, 6.2",
    binds: "endpoint",
    text: "Concatenate the payload data portion of the received frames of the compressed message.",
    stepOf: "MUST",
  },
  receivePlain: {
    source: "RFC 7692, 6.2",
    binds: "endpoint",
    text: "An endpoint MUST use the following algorithm to receive a message in the form of an uncompressed message.",
    by: ["10.4.8"],
  },
} as const;
