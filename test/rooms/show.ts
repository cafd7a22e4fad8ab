/** Writes a value as text that differs wherever the values do; it knows nothing of how storage writes them. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : showObject(value);
    default:
      return String(value);
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) return `[${Array.from(value, show).join(",")}]`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const pairs = (entries: Iterable<[unknown, unknown]>) =>
    Array.from(entries, ([key, item]) => `${show(key)}:${show(item)}`).join(",");
  if (value instanceof Map) return `Map{${pairs(value)}}`;
  if (value instanceof Set) return `Set{${Array.from(value, show).join(",")}}`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value).join(" ")})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${kind}(${bytes.join(" ")})`;
  }
  return `${kind}{${pairs(Object.entries(value))}}`;
}
