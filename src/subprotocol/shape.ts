/**
 * Reads a JSON value: the result has what is known of it and nothing else, and is undefined where it is wrong. Then
 * `wrong` is told where, by a name of ours.
 */
export type Read<T> = (value: unknown, at: string, wrong: (at: string) => undefined) => T | undefined;

/** How each member of an object is read. */
export type Members<T> = { readonly [Name in keyof T]: Read<T[Name]> };

export function string(max: number, min = 0): Read<string> {
  return (value, at, wrong) =>
    typeof value === "string" && value.length >= min && value.length <= max ? value : wrong(at);
}

export function matching(pattern: RegExp): Read<string> {
  return (value, at, wrong) => (typeof value === "string" && pattern.test(value) ? value : wrong(at));
}

export function oneOf<T>(...values: readonly T[]): Read<T> {
  return (value, at, wrong) => (values.includes(value as T) ? (value as T) : wrong(at));
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Read<number> {
  return (value, at, wrong) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : wrong(at);
}

/** Any value; `undefined` is no JSON. */
export const json: Read<unknown> = (value) => value;

export function list<T>(max: number, read: Read<T>): Read<readonly T[]> {
  return (value, at, wrong) => {
    if (!Array.isArray(value) || value.length > max) return wrong(at);
    const items: T[] = [];
    for (const item of value) {
      const result = read(item, at, wrong);
      if (result === undefined) return undefined;
      items.push(result);
    }
    return items;
  };
}

/** An object; members that are absent are left out, and those that nobody knows too. */
export function object<Needed extends object, Optional extends object = object>(
  required: Members<Needed>,
  optional?: Members<Optional>,
): Read<Needed & Partial<Optional>> {
  const members = Object.entries<Read<unknown>>({ ...required, ...optional } as Members<
    Record<string, unknown>
  >);
  return (value, at, wrong) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong(at);
    const result: Record<string, unknown> = {};
    for (const [name, read] of members) {
      const member = (value as Record<string, unknown>)[name];
      if (member === undefined) {
        if (Object.hasOwn(required, name)) return wrong(`${at}.${name}`);
        continue;
      }
      result[name] = read(member, `${at}.${name}`, wrong);
      if (result[name] === undefined) return undefined;
    }
    return result as Needed & Partial<Optional>;
  };
}
