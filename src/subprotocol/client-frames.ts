import { decode, type Frames, frame } from "./decode.ts";
import type { Fault } from "./fault.ts";
import type { ClientFrame, Ping } from "./frames.ts";
import { args, boolean, name, place, positive, token } from "./members.ts";
import { PING } from "./names.ts";
import { integer, json } from "./shape.ts";

const frames: Frames<Exclude<ClientFrame, Ping>> = {
  hello: frame({}, { session: token, last: place, recent: integer(0, 10_000), presence: boolean }),
  message: frame({}, { clientSeq: positive, name, data: json }),
  call: frame({ id: positive, method: name }, { args }),
};

/** What a client sent; never throws. */
export function decodeClientFrame(data: string | Uint8Array): ClientFrame | Fault {
  return data === PING ? { type: "ping" } : decode(data, frames);
}
