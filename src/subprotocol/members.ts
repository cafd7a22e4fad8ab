import type { Here, Issue, Nacked, Place, Refusal } from "./frames.ts";
import { MAX_UNSETTLED } from "./names.ts";
import { integer, json, list, type Members, matching, object, oneOf, type Read, string } from "./shape.ts";

// The members that frames are made of, with the limits of docs/protocol.md.

export const token: Read<string> = matching(/^[\w.~-]{1,1024}$/);
export const id: Read<string> = matching(/^[\w-]{1,64}$/);
export const name: Read<string> = string(64, 1);
export const key: Read<string> = string(128, 1);
export const natural: Read<number> = integer(0);
export const positive: Read<number> = integer(1);
export const boolean: Read<boolean> = oneOf(true, false);
export const args: Read<readonly unknown[]> = list(16, json);
export const place: Read<Place> = object<Place>({ epoch: id, seq: natural });

const step: Read<string | number> = (value, at, wrong) =>
  (typeof value === "string" ? string(128) : natural)(value, at, wrong);
const path: Read<readonly (string | number)[]> = list(16, step);
const message: Members<{ message: string }> = { message: string(256) };
const issue: Read<Issue> = object(message, { path });

export const refusal: Members<Pick<Refusal, "code" | "message">> = {
  code: matching(/^[A-Z][A-Z0-9_]{0,63}$/),
  message: string(1024),
};
export const issues: Members<Required<Pick<Refusal, "issues">>> = { issues: list(16, issue) };

export const nacked: Read<readonly Nacked[]> = list(
  MAX_UNSETTLED,
  object({ clientSeq: positive, ...refusal }, issues),
);
export const here: Read<readonly Here[]> = list(1000, object({ id }, { state: json }));
export const ids: Read<readonly string[]> = list(1000, id);
