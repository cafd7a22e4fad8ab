import type { ValueUse } from "./encode.ts";

/** Values of storage. */
export const VALUE: ValueUse = { code: "INVALID_VALUE", what: "a value of storage", maxBytes: 128 * 1024 };

/** States of members. */
export const STATE: ValueUse = { code: "INVALID_STATE", what: "a member's state", maxBytes: 8 * 1024 };
