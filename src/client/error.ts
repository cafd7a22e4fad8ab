import { WirehallError } from "../errors.ts";

/**
 * Why no WebSocket came of a dial:
 * - `DIAL_FAILED`: there is no connection to the server or to the proxy, or it was lost before the handshake was over;
 *   `cause` has the platform's error.
 * - `DIAL_TIMEOUT`: the handshake was not over after `handshakeTimeoutMs`.
 * - `REFUSED`: the server answered with something else than 101, which is the `response`.
 * - `PROXY_REFUSED`: the proxy does not lead to the server, and its answer is the `response`.
 * - `BAD_HANDSHAKE`: the answer is none that a client may take (RFC 6455 4.1).
 */
export class DialError extends WirehallError {
  /** The answer of who refused: status, headers, and the first 64 KiB of its body. */
  readonly response: Response | undefined;

  constructor(code: string, message: string, options: { cause?: unknown; response?: Response } = {}) {
    super(code, message, "cause" in options ? { cause: options.cause } : {});
    this.response = options.response;
  }
}
