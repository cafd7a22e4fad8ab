/** One thing worth telling the operator. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  /** Constant for one kind of entry, such as `origin-refused`. */
  readonly event: string;
  /** One line for a person. */
  readonly message: string;
  readonly error?: unknown;
}

export type Log = (entry: LogEntry) => void;

export const consoleLog: Log = ({ level, event, message, error }) => {
  const line = `wirehall: ${event}: ${message}`;
  if (error === undefined) console[level](line);
  else console[level](line, error);
};

const MAX_QUOTED = 200;

/** For an entry: what a stranger sent, in one line and bounded. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);
}
