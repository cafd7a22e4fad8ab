/** The subprotocol that a client offers and a room chooses; docs/protocol.md specifies it. */
export const SUBPROTOCOL = "wirehall.v1";

/** Sent by the client, as they are: no JSON, so that a platform can answer without waking the room. */
export const PING = "wirehall.v1:ping";
export const PONG = "wirehall.v1:pong";

/** How many messages a client may have sent that are not settled, and how many refusals a server remembers. */
export const MAX_UNSETTLED = 128;

/** Close codes, beside those of RFC 6455. 3000, 3003 and 3008 are registered with IANA, 4009 and 4400 are our own. */
export const UNAUTHORIZED = 3000;
export const FORBIDDEN = 3003;
export const HELLO_TIMEOUT = 3008;
/** Another connection goes on with the session. */
export const SESSION_TAKEN = 4009;
/** The peer broke the subprotocol. */
export const BROKEN = 4400;
