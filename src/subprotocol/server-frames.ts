import { checked, decode, type Frames, frame } from "./decode.ts";
import type { Fault } from "./fault.ts";
import type { Gap, Pong, Reply, ServerFrame, ServerMessage, Welcome } from "./frames.ts";
import {
  boolean,
  here,
  id,
  ids,
  issues,
  key,
  nacked,
  name,
  natural,
  positive,
  refusal,
  token,
} from "./members.ts";
import { PONG } from "./names.ts";
import { integer, json, object, oneOf } from "./shape.ts";

const place = { epoch: id, seq: natural };
const payload = { name, data: json };

/** Epoch and seq are both there, or neither. */
function halfPlaced({ epoch, seq }: { epoch?: string; seq?: number }): string | false {
  return (epoch === undefined) !== (seq === undefined) && "epoch";
}

const frames: Frames<Exclude<ServerFrame, Pong>> = {
  welcome: checked<Welcome>(
    frame(
      {
        session: token,
        member: id,
        resumed: oneOf("fresh", "resumed", "gap"),
        maxMessageBytes: positive,
        keepaliveMs: integer(1000, 600_000),
      },
      { acked: natural, nacked, ...place },
    ),
    (welcome) => {
      const { acked, nacked, resumed, epoch } = welcome;
      if (nacked !== undefined && acked === undefined) return "nacked";
      // Fresh with a place or, in a room without history, without one.
      if (resumed !== "fresh" && (epoch !== undefined) !== (resumed === "resumed")) return "epoch";
      return halfPlaced(welcome);
    },
  ),
  gap: checked<Gap>(frame({}, { ...place, ...payload }), halfPlaced),
  live: frame({}, { seq: natural }),
  message: checked<ServerMessage>(
    frame({}, { seq: positive, key, ...payload }),
    ({ seq, key }) => seq !== undefined && key !== undefined && "key",
  ),
  ack: frame({ clientSeq: positive }),
  nack: frame({ clientSeq: positive, ...refusal }, issues),
  reply: checked<Reply>(
    frame({ id: positive }, { result: json, error: object(refusal, issues) }),
    ({ result, error }) => result !== undefined && error !== undefined && "error",
  ),
  presence: frame({}, { reset: boolean, more: boolean, join: here, change: here, leave: ids }),
  error: frame(refusal, issues),
};

/** What a server sent; never throws. */
export function decodeServerFrame(data: string | Uint8Array): ServerFrame | Fault {
  return data === PONG ? { type: "pong" } : decode(data, frames);
}
