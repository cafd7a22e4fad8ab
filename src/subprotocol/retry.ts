/** The longest wait that fits: 7 digits. */
const MAX_RETRY_MS = 9_999_999;

/** The reason of a close with 1012 or 1013: the client is not to come back sooner. */
export function retryReason(ms: number): string {
  return `retry=${Math.min(MAX_RETRY_MS, Math.max(0, Math.round(ms)))}`;
}

/** What such a reason asks for, in milliseconds; undefined for any other. */
export function readRetry(reason: string): number | undefined {
  const digits = /^retry=(\d{1,7})$/.exec(reason)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
