import { defaultOf } from "../../endpoint/limits.ts";
import type { ValueUse } from "./encode.ts";

/** Values of storage. */
export const VALUE: ValueUse = {
  code: "INVALID_VALUE",
  what: "a value of storage",
  maxBytes: defaultOf("maxValueBytes"),
};

/** States of members. */
export const STATE: ValueUse = {
  code: "INVALID_STATE",
  what: "a member's state",
  maxBytes: defaultOf("maxStateBytes"),
};
