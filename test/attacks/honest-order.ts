/** What the honest clients are told: one line of JSON. Any second line ends them. */
export interface HonestOrder {
  readonly port: number;
  readonly path: string;
  readonly clients: number;
  /** Between an echo and the next message of the same client. */
  readonly intervalMs: number;
}

/** What they say in the end; before that `{}` once all are open, or `{ error }`. */
export interface HonestReport {
  readonly sent: number;
  readonly echoed: number;
  /** What came instead of an echo. */
  readonly faults: readonly string[];
  readonly medianMs: number;
  readonly p99Ms: number;
}
