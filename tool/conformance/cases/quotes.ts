/** The sentences that the cases of framing, messages and closing test. */
export const quotes = {
  length: {
    source: "RFC 6455, 5.2",
    text: 'The length of the "Payload data", in bytes: if 0-125, that is the payload length. If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length. If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length.',
  },
  minimal: {
    source: "RFC 6455, 5.2",
    text: "Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, the length of a 124-byte-long string can't be encoded as the sequence 126, 0, 124.",
  },
  parsed: {
    source: "RFC 6455, 6.2",
    text: "Incoming data MUST be parsed as WebSocket frames as defined in Section 5.2.",
  },
  topBit: {
    source: "RFC 6455, 5.2",
    text: "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) are the payload length.",
  },
  protect: {
    source: "RFC 6455, 10.4",
    text: "Implementations that have implementation- and/or platform-specific limitations regarding the frame size or total message size after reassembly from multiple frames MUST protect themselves against exceeding those limits.",
  },
  unmasked: {
    source: "RFC 6455, 5.1",
    text: "The server MUST close the connection upon receiving a frame that is not masked.",
  },
  masked: { source: "RFC 6455, 5.1", text: "A client MUST close a connection if it detects a masked frame." },
  freshKey: {
    source: "RFC 6455, 5.3",
    text: "When preparing a masked frame, the client MUST pick a fresh masking key from the set of allowed 32-bit values.",
  },
  unmask: {
    source: "RFC 6455, 6.2",
    text: "A server MUST remove masking for data frames received from a client as described in Section 5.3.",
  },
  pong: {
    source: "RFC 6455, 5.5.2",
    text: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame.",
  },
  pongData: {
    source: "RFC 6455, 5.5.3",
    text: 'A Pong frame sent in response to a Ping frame must have identical "Application data" as found in the message body of the Ping frame being replied to.',
  },
  pongLatest: {
    source: "RFC 6455, 5.5.3",
    text: "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to previous Ping frame(s), the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame.",
  },
  pongUnsolicited: {
    source: "RFC 6455, 5.5.3",
    text: "A Pong frame MAY be sent unsolicited. This serves as a unidirectional heartbeat. A response to an unsolicited Pong frame is not expected.",
  },
  control: {
    source: "RFC 6455, 5.5",
    text: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented.",
  },
  rsv: {
    source: "RFC 6455, 5.2",
    text: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values. If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_.",
  },
  opcode: {
    source: "RFC 6455, 5.2",
    text: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_.",
  },
  fragments: {
    source: "RFC 6455, 5.4",
    text: "Clients and servers MUST support receiving both fragmented and unfragmented messages.",
  },
  anySize: {
    source: "RFC 6455, 5.4",
    text: "A sender MAY create fragments of any size for non-control messages.",
  },
  between: {
    source: "RFC 6455, 5.4",
    text: "An endpoint MUST be capable of handling control frames in the middle of a fragmented message.",
  },
  sequence: {
    source: "RFC 6455, 5.4",
    text: "A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with the FIN bit clear and the opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode of 0.",
  },
  interleaved: {
    source: "RFC 6455, 5.4",
    text: "The fragments of one message MUST NOT be interleaved between the fragments of another message unless an extension has been negotiated that can interpret the interleaving.",
  },
  utf8: {
    source: "RFC 6455, 5.6",
    text: "Note that a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST contain valid UTF-8.",
  },
  utf8Fails: {
    source: "RFC 6455, 8.1",
    text: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_.",
  },
  closeReply: {
    source: "RFC 6455, 5.5.1",
    text: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in response. (When sending a Close frame in response, the endpoint typically echos the status code it received.)",
  },
  closeBody: {
    source: "RFC 6455, 5.5.1",
    text: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing a status code with value /code/ defined in Section 7.4.",
  },
  closeReason: {
    source: "RFC 6455, 5.5.1",
    text: "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/, the interpretation of which is not defined by this specification.",
  },
  closeReserved: {
    source: "RFC 6455, 7.4.1",
    text: "1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint.",
  },
  closeRange0: { source: "RFC 6455, 7.4.2", text: "Status codes in the range 0-999 are not used." },
  closeRange1: {
    source: "RFC 6455, 7.4.2",
    text: "Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions specified in a permanent and readily available public specification.",
  },
  closeRange3: {
    source: "RFC 6455, 7.4.2",
    text: "Status codes in the range 3000-3999 are reserved for use by libraries, frameworks, and applications.",
  },
  closeRange4: {
    source: "RFC 6455, 7.4.2",
    text: "Status codes in the range 4000-4999 are reserved for private use and thus can't be registered.",
  },
  closeNoData: {
    source: "RFC 6455, 5.5.1",
    text: "The application MUST NOT send any more data frames after sending a Close frame.",
  },
  closeNoPong: {
    source: "RFC 6455, 5.5.2",
    text: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame.",
  },
  closeTcp: {
    source: "RFC 6455, 5.5.1",
    text: "After both sending and receiving a Close message, an endpoint considers the WebSocket connection closed and MUST close the underlying TCP connection. The server MUST close the underlying TCP connection immediately; the client SHOULD wait for the server to close the connection but MAY close the connection at any time after sending and receiving a Close message.",
  },
  closeFirst: {
    source: "RFC 6455, 7.1.1",
    text: "The underlying TCP connection, in most normal cases, SHOULD be closed first by the server, so that it holds the TIME_WAIT state and not the client.",
  },
  closeLost: {
    source: "RFC 6455, 7.1.4",
    text: "When the underlying TCP connection is closed, it is said that _The WebSocket Connection is Closed_ and that the WebSocket connection is in the CLOSED state.",
  },
  failNoMore: {
    source: "RFC 6455, 7.1.7",
    text: "An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote endpoint after being instructed to _Fail the WebSocket Connection_.",
  },
} as const;

/** The sentences that the cases of the opening handshake test. */
export const handshakeQuotes = {
  grammar: {
    source: "RFC 6455, 4.2.1",
    text: "If the server, while reading the handshake, finds that the client did not send a handshake that matches the description below (note that as per [RFC2616], the order of the header fields is not important), including but not limited to any violations of the ABNF grammar specified for the components of the handshake, the server MUST stop processing the client's handshake and return an HTTP response with an appropriate error code (such as 400 Bad Request).",
  },
  get: {
    source: "RFC 6455, 4.2.1",
    text: 'An HTTP/1.1 or higher GET request, including a "Request-URI" [RFC2616] that should be interpreted as a /resource name/ defined in Section 3 (or an absolute HTTP/HTTPS URI containing the /resource name/).',
  },
  host: { source: "RFC 6455, 4.2.1", text: "A |Host| header field containing the server's authority." },
  upgrade: {
    source: "RFC 6455, 4.2.1",
    text: 'An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value.',
  },
  connection: {
    source: "RFC 6455, 4.2.1",
    text: 'A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value.',
  },
  key: {
    source: "RFC 6455, 4.2.1",
    text: "A |Sec-WebSocket-Key| header field with a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length.",
  },
  version: {
    source: "RFC 6455, 4.2.2",
    text: "If this version does not match a version understood by the server, the server MUST abort the WebSocket handshake described in this section and instead send an appropriate HTTP error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version| header field indicating the version(s) the server is capable of understanding.",
  },
  names: {
    source: "RFC 6455, 4.1",
    text: "Please note that according to [RFC2616], all header field names in both HTTP requests and HTTP responses are case-insensitive.",
  },
  unknown: { source: "RFC 6455, 4.2.1", text: "Unknown header fields are ignored, as per [RFC2616]." },
  accept: {
    source: "RFC 6455, 4.2.2",
    text: 'The value of this header field is constructed by concatenating /key/, defined above in step 4 in Section 4.2.2, with the string "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", taking the SHA-1 hash of this concatenated value to obtain a 20-byte value and base64-encoding (see Section 4 of [RFC4648]) this 20-byte hash.',
  },
  protocol: {
    source: "RFC 6455, 4.2.2",
    text: "The value chosen MUST be derived from the client's handshake, specifically by selecting one of the values from the |Sec-WebSocket-Protocol| field that the server is willing to use for this connection (if any).",
  },
  protocolList: {
    source: "RFC 6455, 4.1",
    text: "The elements that comprise this value MUST be non-empty strings with characters in the range U+0021 to U+007E not including separator characters as defined in [RFC2616] and MUST all be unique strings.",
  },
  extension: { source: "RFC 6455, 4.2.2", text: "Extensions not listed by the client MUST NOT be listed." },
  extensionGrammar: {
    source: "RFC 6455, 9.1",
    text: "If a value is received by either the client or the server during negotiation that does not conform to the ABNF below, the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_.",
  },
  clientRequest: {
    source: "RFC 6455, 4.1",
    text: "The method of the request MUST be GET, and the HTTP version MUST be at least 1.1.",
  },
  clientKey: { source: "RFC 6455, 4.1", text: "The nonce MUST be selected randomly for each connection." },
  clientStatus: {
    source: "RFC 6455, 4.1",
    text: "If the status code received from the server is not 101, the client handles the response per HTTP [RFC2616] procedures.",
  },
  clientUpgrade: {
    source: "RFC 6455, 4.1",
    text: 'If the response lacks an |Upgrade| header field or the |Upgrade| header field contains a value that is not an ASCII case-insensitive match for the value "websocket", the client MUST _Fail the WebSocket Connection_.',
  },
  clientConnection: {
    source: "RFC 6455, 4.1",
    text: 'If the response lacks a |Connection| header field or the |Connection| header field doesn\'t contain a token that is an ASCII case-insensitive match for the value "Upgrade", the client MUST _Fail the WebSocket Connection_.',
  },
  clientAccept: {
    source: "RFC 6455, 4.1",
    text: 'If the response lacks a |Sec-WebSocket-Accept| header field or the |Sec-WebSocket-Accept| contains a value other than the base64-encoded SHA-1 of the concatenation of the |Sec-WebSocket-Key| (as a string, not base64-decoded) with the string "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" but ignoring any leading and trailing whitespace, the client MUST _Fail the WebSocket Connection_.',
  },
  clientExtension: {
    source: "RFC 6455, 4.1",
    text: "If the response includes a |Sec-WebSocket-Extensions| header field and this header field indicates the use of an extension that was not present in the client's handshake (the server has indicated an extension not requested by the client), the client MUST _Fail the WebSocket Connection_.",
  },
  clientProtocol: {
    source: "RFC 6455, 4.1",
    text: "If the response includes a |Sec-WebSocket-Protocol| header field and this header field indicates the use of a subprotocol that was not present in the client's handshake (the server has indicated a subprotocol not requested by the client), the client MUST _Fail the WebSocket Connection_.",
  },
} as const;

/** The sentences that the cases of permessage-deflate test. */
export const deflateQuotes = {
  decline: {
    source: "RFC 7692, 7.1",
    text: "A server MUST decline an extension negotiation offer for this extension if any of the following conditions are met: The negotiation offer contains an extension parameter not defined for use in an offer. The negotiation offer contains an extension parameter with an invalid value. The negotiation offer contains multiple extension parameters with the same name. The server doesn't support the offered configuration.",
  },
  fallback: {
    source: "RFC 7692, 5",
    text: 'A client may also offer multiple PMCE choices to the server by including multiple elements in the "Sec-WebSocket-Extensions" header, one for each PMCE offered.',
  },
  serverContext: {
    source: "RFC 7692, 7.1.1.1",
    text: 'A server accepts an extension negotiation offer that includes the "server_no_context_takeover" extension parameter by including the "server_no_context_takeover" extension parameter in the corresponding extension negotiation response to send back to the client.',
  },
  clientContext: {
    source: "RFC 7692, 7.1.1.2",
    text: 'A client MAY include the "client_no_context_takeover" extension parameter in an extension negotiation offer.',
  },
  serverBits: {
    source: "RFC 7692, 7.1.2.1",
    text: 'A server accepts an extension negotiation offer with this parameter by including the "server_max_window_bits" extension parameter in the extension negotiation response to send back to the client with the same or smaller value as the offer.',
  },
  clientBits: {
    source: "RFC 7692, 7.1.2.2",
    text: 'If a received extension negotiation offer doesn\'t have the "client_max_window_bits" extension parameter, the corresponding extension negotiation response to the offer MUST NOT include the "client_max_window_bits" extension parameter.',
  },
  compressed: {
    source: "RFC 7692, 7.2.2",
    text: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message. Decompress the resulting data using DEFLATE.",
  },
  blocks: {
    source: "RFC 7692, 7.2.1",
    text: "An endpoint may use multiple DEFLATE blocks to compress one message. An endpoint may use DEFLATE blocks of any type.",
  },
  final: {
    source: "RFC 7692, 7.2.1",
    text: 'An endpoint may use both DEFLATE blocks with the "BFINAL" bit set to 0 and DEFLATE blocks with the "BFINAL" bit set to 1.',
  },
  behindFinal: {
    source: "RFC 7692, 7.2.1",
    text: 'When any DEFLATE block with the "BFINAL" bit set to 1 doesn\'t end at a byte boundary, an endpoint MUST add minimal padding bits of 0 to make it end at a byte boundary. The next DEFLATE block follows the padded data if any.',
  },
  empty: {
    source: "RFC 7692, 7.2.3.6",
    text: "If the compression library doesn't generate any data when the buffer is empty, an empty uncompressed DEFLATE block is built and used for this purpose: 0x00",
  },
  bit: {
    source: "RFC 7692, 6",
    text: 'An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message. An endpoint receiving such a frame MUST _Fail the WebSocket Connection_.',
  },
  optional: {
    source: "RFC 7692, 6",
    text: 'A message with the "Per-Message Compressed" bit unset on the first fragment of the message is called an "uncompressed message". Frames of an uncompressed message have uncompressed original data as is in the payload data portion.',
  },
  corrupt: {
    source: "RFC 7692, 7.2.2",
    text: "An endpoint uses the following algorithm to decompress a message.",
  },
} as const;
