import { type DialGaps, requireCapability } from "./capability.ts";

/** What `wss:` may need to know; texts are PEM. */
export interface DialTls {
  /** The certificates to trust instead of the platform's. */
  readonly ca?: string | readonly string[];
  /** The client's own certificate, where the server asks for one, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must have [the URL's host]. */
  readonly servername?: string;
  /** False takes any certificate, and with it anyone between [true]. */
  readonly rejectUnauthorized?: boolean;
}

/** Throws `CAPABILITY` for options of TLS that the runtime can't heed. */
export function checkTlsGaps({ ca, cert, key, rejectUnauthorized }: DialTls, gaps: DialGaps): void {
  if (ca !== undefined || rejectUnauthorized === false) requireCapability("tlsTrust", gaps);
  if (cert !== undefined || key !== undefined) requireCapability("clientCertificate", gaps);
}
