import { WirehallError } from "../errors.ts";
import { acceptDeflate, type DeflateAgreement, isDeflate, type UpgradeOffer } from "../protocol/mod.ts";
import type { Gaps } from "./capability.ts";
import type { Log } from "./log.ts";

/** How messages are compressed by permessage-deflate (RFC 7692), where client and transport can. */
export interface CompressionOptions {
  /** Messages of fewer bytes are sent as they are [1024]. Where the runtime compresses itself, it may not heed it. */
  readonly thresholdBytes?: number;
  /**
   * Compress a message by what was said before it on its connection: small messages shrink more, and each connection
   * keeps up to 64 KiB [false]. Where the transport lacks `contextTakeover` it is not agreed to.
   */
  readonly contextTakeover?: boolean;
  /** The largest LZ77 window in either direction, as a power of two from 9 to 15 [15]. */
  readonly maxWindowBits?: number;
}

export type ResolvedCompression = Required<CompressionOptions>;

/** The compression that an endpoint agreed to on one connection. */
export interface AgreedCompression {
  readonly agreement: DeflateAgreement;
  /** The value of `Sec-WebSocket-Extensions` in the response. */
  readonly answer: string;
  readonly thresholdBytes: number;
}

const DEFAULTS: ResolvedCompression = { thresholdBytes: 1024, contextTakeover: false, maxWindowBits: 15 };
const MIN_WINDOW_BITS = 9;
const MAX_WINDOW_BITS = 15;

/** Fills in the defaults; undefined for no compression. Throws `INVALID_OPTION`. */
export function resolveCompression(
  option: boolean | CompressionOptions | undefined,
): ResolvedCompression | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return DEFAULTS;
  if (typeof option !== "object" || option === null) {
    throw invalid(`compression is ${option}: it is true, false or its options`);
  }
  for (const name of Object.keys(option)) {
    if (!(name in DEFAULTS)) {
      throw invalid(
        `unknown option "compression.${name}": its options are ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
  }
  const given = Object.fromEntries(Object.entries(option).filter(([, value]) => value !== undefined));
  const resolved: ResolvedCompression = { ...DEFAULTS, ...given };
  const { thresholdBytes, maxWindowBits, contextTakeover } = resolved;
  if (!Number.isSafeInteger(thresholdBytes) || thresholdBytes < 0) {
    throw invalid(
      `compression.thresholdBytes is ${thresholdBytes}: it must be a whole number of bytes from 0 up`,
    );
  }
  if (
    !Number.isInteger(maxWindowBits) ||
    maxWindowBits < MIN_WINDOW_BITS ||
    maxWindowBits > MAX_WINDOW_BITS
  ) {
    throw invalid(`compression.maxWindowBits is ${maxWindowBits}: it must be a whole number from 9 to 15`);
  }
  if (typeof contextTakeover !== "boolean") {
    throw invalid(`compression.contextTakeover is ${contextTakeover}: it must be true or false`);
  }
  return resolved;
}

const warned = new WeakSet<ResolvedCompression>();

/**
 * What is agreed with a client that offers permessage-deflate; undefined for no compression.
 *
 * Compression is an offer that either side may decline, so that what a transport lacks is left out of the agreement,
 * and the log says so once.
 */
export function agreeOnCompression(
  offer: UpgradeOffer,
  compression: ResolvedCompression | undefined,
  gaps: Gaps,
  log: Log,
): AgreedCompression | undefined {
  if (compression === undefined || !offer.extensions.some(isDeflate)) return undefined;
  const missing = gaps.compression ?? (compression.contextTakeover ? gaps.contextTakeover : undefined);
  if (missing !== undefined && !warned.has(compression)) {
    warned.add(compression);
    const lost = gaps.compression === undefined ? "compression is without contextTakeover" : "no compression";
    log({ level: "warn", event: "compression-missing", message: `${lost}: ${missing}` });
  }
  if (gaps.compression !== undefined) return undefined;
  const accepted = acceptDeflate(offer.extensions, {
    contextTakeover: compression.contextTakeover && gaps.contextTakeover === undefined,
    maxWindowBits: compression.maxWindowBits,
    limitsWindow: gaps.windowLimit === undefined,
  });
  return accepted && { ...accepted, thresholdBytes: compression.thresholdBytes };
}

function invalid(message: string): WirehallError {
  return new WirehallError("INVALID_OPTION", message);
}
