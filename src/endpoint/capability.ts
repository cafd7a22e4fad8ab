import { WirehallError } from "../errors.ts";

/** A named thing that a transport can or cannot do. */
export type CapabilityName =
  | "backpressure"
  | "closeReply"
  | "earlyBytes"
  | "fragmentLimit"
  | "maskCheck"
  | "ping"
  | "responseHeaders"
  | "sizeBeforeMemory"
  | "terminate"
  | "topics"
  | "utf8Check"
  | "version8"
  | "violationClose";

/** What a transport cannot do, each with the reason; what is not named here it can. */
export type Gaps = Readonly<Partial<Record<CapabilityName, string>>>;

/** The error for asking a transport for what it cannot do. */
export function missingCapability(name: CapabilityName, reason: string): WirehallError {
  return new WirehallError("CAPABILITY", `"${name}" is not available on this transport: ${reason}`);
}
