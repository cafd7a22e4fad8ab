import { WirehallError } from "../errors.ts";

/** Everything in which one runtime's `dial` can do what another's can't, with what it is to have it: "dial ...". */
export const dialCapabilityMeanings = {
  abortTls: "ends TCP at once when it is given up in the middle of TLS",
  anyHost: "reaches every host that the machine reaches",
  clientCertificate: "shows the server a certificate of ours: `tls.cert`, `tls.key`",
  compression: "compresses messages by permessage-deflate",
  contextTakeover: "compresses a message by what was said before it",
  environment: "goes through the proxy that the environment names",
  terminate: "drops a connection at once, also while output waits",
  tlsInTls: "dials `wss:` through a proxy that is itself reached by TLS",
  tlsTrust: "trusts whom it is told to: `tls.ca`, `tls.rejectUnauthorized`",
} as const;

/** A named thing that a runtime's `dial` can or cannot do. */
export type DialCapabilityName = keyof typeof dialCapabilityMeanings;

/** What a runtime's `dial` cannot do, each with the reason; what is not named here it can. */
export type DialGaps = Readonly<Partial<Record<DialCapabilityName, string>>>;

/** Throws `CAPABILITY` where the runtime lacks it. */
export function requireCapability(name: DialCapabilityName, gaps: DialGaps): void {
  const reason = gaps[name];
  if (reason !== undefined)
    throw new WirehallError("CAPABILITY", `"${name}" is not available to dial on this runtime: ${reason}`);
}
