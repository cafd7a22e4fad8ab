/** What the crowd is told, a line of JSON for each step; the answer to each is one line too. */
export type CrowdOrder =
  /** Opens so many connections, from several addresses of loopback; a part of them hears the topic. */
  | { readonly step: "open"; readonly port: number; readonly connections: number; readonly listeners: number }
  /** Talks for so long, then waits for what is on its way. */
  | { readonly step: "talk"; readonly durationMs: number; readonly messagesPerSecond: number }
  /** Has the server send so many messages of this size to all listeners, few at a time. */
  | { readonly step: "publish"; readonly count: number; readonly messageBytes: number }
  /** Waits until the server has ended them all. */
  | { readonly step: "await-end" }
  /** The same, and talks meanwhile. */
  | { readonly step: "talk-until-end"; readonly messagesPerSecond: number }
  /** Closes them all. */
  | { readonly step: "close" };

/** What became of the messages. */
export interface CrowdReport {
  readonly sent: number;
  readonly echoed: number;
  readonly published: number;
  /** By all listeners together. */
  readonly heard: number;
  readonly faults: readonly string[];
}

export interface CrowdEnds {
  /** Connections by the code of the close frame that answered ours; `none` without one. */
  readonly codes: Readonly<Record<string, number>>;
  /** How many of the reasons were `retry=<ms>`. */
  readonly retries: number;
  /** In how many turns of the event loop a close frame came: one where all came at once. */
  readonly bunches: number;
}
