/**
 * Every error that Wirehall throws at its caller: a stable `code` to branch on, a `message` for people.
 *
 * A peer's fault is never thrown: it closes the connection with the close code that RFC 6455 gives for it.
 */
export class WirehallError extends Error {
  override readonly name = "WirehallError";
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
