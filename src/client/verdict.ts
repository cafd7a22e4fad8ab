import { POLICY_VIOLATION } from "../protocol/mod.ts";
import { FORBIDDEN, readRetry, UNAUTHORIZED } from "../subprotocol/mod.ts";

/** What the end of a connection means for its client. */
export interface Verdict {
  /** It must not come back. */
  readonly ends: boolean;
  /** It must not come back sooner. */
  readonly retryMs: number;
}

const GIVES_RETRY = [1012, 1013];

export function verdict(code: number, reason: string): Verdict {
  const ends =
    code === POLICY_VIOLATION ||
    code === UNAUTHORIZED ||
    code === FORBIDDEN ||
    (code >= 4400 && code <= 4499);
  return { ends, retryMs: GIVES_RETRY.includes(code) ? (readRetry(reason) ?? 0) : 0 };
}
