import type { Here, Issue, Nacked, Refusal } from "./frames.ts";
import { MAX_UNSETTLED } from "./names.ts";

/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

const TOKEN = /^[\w.~-]{1,1024}$/;
const ID = /^[\w-]{1,64}$/;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

const MAX_NAME = 64;
const MAX_KEY = 128;
const MAX_ARGS = 16;
const MAX_MESSAGE = 1024;
const MAX_ISSUES = 16;
const MAX_ISSUE = 256;
const MAX_PATH = 16;
const MAX_STEP = 128;
const MAX_HERE = 1000;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the fields of a frame, and remembers the first that is wrong.
 *
 * What is read when something was wrong means nothing. Each method leaves out what is absent.
 */
export class Fields {
  /** The name of the first field that is wrong. */
  wrong: string | undefined;
  readonly #json: Json;

  constructor(json: Json) {
    this.#json = json;
  }

  token(name: string): string {
    return this.#matching(name, TOKEN);
  }

  id(name: string): string {
    return this.#matching(name, ID);
  }

  name(name: string): string {
    return this.#text(name, MAX_NAME, 1);
  }

  key(name: string): string {
    return this.#text(name, MAX_KEY, 1);
  }

  integer(name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#json[name];
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max)
      return value as number;
    return this.#fail(name, 0);
  }

  boolean(name: string): boolean {
    const value = this.#json[name];
    return typeof value === "boolean" ? value : this.#fail(name, false);
  }

  json(name: string): unknown {
    return this.#json[name];
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.#json[name] as T;
    return values.includes(value) ? value : this.#fail(name, value);
  }

  args(name: string): readonly unknown[] {
    return this.#list(name, MAX_ARGS);
  }

  nested<T>(name: string, read: (fields: Fields) => T): T {
    return this.#inner(name, this.#json[name], read);
  }

  nacked(name: string): readonly Nacked[] {
    return this.#list(name, MAX_UNSETTLED).map((item) =>
      this.#inner(name, item, (fields) => ({
        clientSeq: fields.integer("clientSeq", 1),
        ...fields.refusal(),
      })),
    );
  }

  here(name: string): readonly Here[] {
    return this.#list(name, MAX_HERE).map((item) =>
      this.#inner(name, item, (fields) => ({
        id: fields.id("id"),
        ...fields.optional("state", fields.json),
      })),
    );
  }

  ids(name: string): readonly string[] {
    const ids = this.#list(name, MAX_HERE) as readonly string[];
    return ids.every((id) => typeof id === "string" && ID.test(id)) ? ids : this.#fail(name, []);
  }

  refusal(): Refusal {
    return {
      code: this.#matching("code", CODE),
      message: this.#text("message", MAX_MESSAGE),
      ...this.optional("issues", this.#issues),
    };
  }

  /** The field as a property, by one of the methods above, where it is present. */
  optional<N extends string, T>(name: N, read: (this: this, name: string) => T): { readonly [K in N]?: T } {
    return this.#json[name] === undefined ? {} : ({ [name]: read.call(this, name) } as { [K in N]?: T });
  }

  has(name: string): boolean {
    return this.#json[name] !== undefined;
  }

  /** Marks the field as wrong unless `right`. */
  check(name: string, right: boolean): void {
    if (!right) this.#fail(name, undefined);
  }

  #issues(name: string): readonly Issue[] {
    return this.#list(name, MAX_ISSUES).map((item) =>
      this.#inner(name, item, (fields) => ({
        message: fields.#text("message", MAX_ISSUE),
        ...fields.optional("path", fields.#path),
      })),
    );
  }

  #path(name: string): readonly (string | number)[] {
    const path = this.#list(name, MAX_PATH) as readonly (string | number)[];
    const right = path.every((step) =>
      typeof step === "string" ? step.length <= MAX_STEP : Number.isSafeInteger(step) && step >= 0,
    );
    return right ? path : this.#fail(name, []);
  }

  #matching(name: string, pattern: RegExp): string {
    const value = this.#json[name];
    return typeof value === "string" && pattern.test(value) ? value : this.#fail(name, "");
  }

  #text(name: string, max: number, min = 0): string {
    const value = this.#json[name];
    return typeof value === "string" && value.length >= min && value.length <= max
      ? value
      : this.#fail(name, "");
  }

  #list(name: string, max: number): readonly unknown[] {
    const value = this.#json[name];
    return Array.isArray(value) && value.length <= max ? value : this.#fail(name, []);
  }

  #inner<T>(name: string, value: unknown, read: (fields: Fields) => T): T {
    const right = isObject(value);
    if (!right) this.#fail(name, undefined);
    const fields = new Fields(right ? value : {});
    const result = read(fields);
    if (fields.wrong !== undefined) this.#fail(`${name}.${fields.wrong}`, undefined);
    return result;
  }

  #fail<T>(name: string, value: T): T {
    this.wrong ??= name;
    return value;
  }
}
