import { WirehallError } from "../errors.ts";
import type { DialTls } from "./stream.ts";

/** Everything in which one runtime's `dial` can do what another's can't, with what it is to have it: "dial ...". */
export const dialCapabilityMeanings = {
  anyHost: "reaches every host that the machine reaches",
  clientCertificate: "shows the server a certificate of ours: `tls.cert`, `tls.key`",
  compression: "compresses messages by permessage-deflate",
  contextTakeover: "compresses a message by what was said before it",
  tlsInTls: "dials `wss:` through a proxy that is itself reached by TLS",
  tlsTrust: "trusts whom it is told to: `tls.ca`, `tls.rejectUnauthorized`",
} as const;

/** A named thing that a runtime's `dial` can or cannot do. */
export type DialCapabilityName = keyof typeof dialCapabilityMeanings;

/** What a runtime's `dial` cannot do, each with the reason; what is not named here it can. */
export type DialGaps = Readonly<Partial<Record<DialCapabilityName, string>>>;

/** Throws `CAPABILITY` for options of TLS that the runtime can't heed. */
export function checkTlsGaps({ ca, cert, key, rejectUnauthorized }: DialTls, gaps: DialGaps): void {
  if (ca !== undefined || rejectUnauthorized === false) refuse("tlsTrust", gaps);
  if (cert !== undefined || key !== undefined) refuse("clientCertificate", gaps);
}

/** Throws `CAPABILITY` where the runtime lacks it. */
export function refuse(name: DialCapabilityName, gaps: DialGaps): void {
  const reason = gaps[name];
  if (reason !== undefined)
    throw new WirehallError("CAPABILITY", `"${name}" is not available to dial on this runtime: ${reason}`);
}
