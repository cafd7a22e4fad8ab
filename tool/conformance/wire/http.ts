import { Breach } from "../verdict.ts";
import type { ByteStream } from "./stream.ts";

export type Header = readonly [name: string, value: string];

/** The head of a request or an answer. */
export interface Head {
  readonly firstLine: string;
  /** In order, the names as they came. */
  readonly headers: readonly Header[];
  /** The values of a header, in order; the name's case does not count. */
  all(name: string): string[];
}

const mostBytes = 256 * 1024;

/** Takes a head from the stream, or returns undefined when the connection ends before it is whole. */
export async function takeHead(stream: ByteStream, what: string): Promise<Head | undefined> {
  let size = -1;
  const whole = (): boolean => {
    const end = stream.peek(mostBytes).indexOf("\r\n\r\n");
    if (end !== -1) size = end + 4;
    else if (stream.size >= mostBytes) throw new Breach(`a head of over ${mostBytes} bytes`);
    return size !== -1;
  };
  await stream.until(() => whole() || stream.end !== undefined, what);
  if (size === -1) return undefined;
  const [firstLine, ...lines] = stream.take(size).toString("latin1").slice(0, -4).split("\r\n");
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Breach(`a header line without a name: ${JSON.stringify(line)}`);
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
  });
  const all = (name: string): string[] =>
    headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return { firstLine, headers, all };
}

export function writeHead(firstLine: string, headers: readonly Header[]): Buffer {
  const lines = [firstLine, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** The elements of comma-separated lists, in lower case. */
export function elements(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).map((one) => one.trim().toLowerCase());
}
