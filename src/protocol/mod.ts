export { acceptKey, isKey, newKey, type Sha1 } from "./accept.ts";
export { decodeBase64Url, encodeBase64Url } from "./base64url.ts";
export {
  ABNORMAL_CLOSURE,
  encodeClosePayload,
  INTERNAL_ERROR,
  INVALID_DATA,
  isCloseCode,
  MAX_REASON_BYTES,
  NO_STATUS,
  NORMAL_CLOSURE,
  POLICY_VIOLATION,
  PROTOCOL_ERROR,
  SERVICE_RESTART,
  TOO_BIG,
  TRY_AGAIN_LATER,
  UNAUTHORIZED,
} from "./close.ts";
export type { DeflatePlatform, InflateFault, WireDeflate } from "./compress.ts";
export {
  acceptDeflate,
  type DeflateAcceptance,
  type DeflateAgreement,
  type DeflateDirection,
  type DeflateTerms,
  isDeflate,
  offerDeflate,
  readDeflateAnswer,
} from "./deflate.ts";
export {
  encodeUpgradeRequest,
  readUpgradeResponse,
  type UpgradeAcceptance,
  type UpgradeExpectation,
  type UpgradeRejection,
  type UpgradeRequestParts,
} from "./dial.ts";
export type { RandomBytes } from "./encode.ts";
export { type Extension, type ExtensionParameter, readExtensions, writeExtensions } from "./extension.ts";
export {
  encodeUpgradeResponse,
  readUpgradeRequest,
  type UpgradeOffer,
  type UpgradeRefusal,
  type UpgradeRequest,
  type UpgradeRequestOptions,
  type UpgradeResponseParts,
} from "./handshake.ts";
export {
  type HeadProgress,
  type HeadReader,
  type RequestHead,
  type ResponseHead,
  requestHeadReader,
  responseHeadReader,
} from "./head.ts";
export { HeaderFields, type HeaderSource, hasToken, isHost, isToken, type ListFault } from "./headers.ts";
export { SharedMessage } from "./shared.ts";
export { portableText, type TextCodec } from "./text.ts";
export { isTokenSubprotocol, readTokenSubprotocol, tokenSubprotocol } from "./token.ts";
export { type CloseEnd, type Role, Wire, type WireOptions, type WireSink, type WireState } from "./wire.ts";
export { heedsHistory, type Zlib, type ZlibOptions, zlibDeflate } from "./zlib.ts";
