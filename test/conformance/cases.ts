import type { Group } from "./case.ts";
import { admission } from "./cases/admission.ts";
import { close } from "./cases/close.ts";
import { compression } from "./cases/compression.ts";
import { crowd } from "./cases/crowd.ts";
import { echo } from "./cases/echo.ts";
import { expiry } from "./cases/expiry.ts";
import { flow } from "./cases/flow.ts";
import { frames } from "./cases/frames.ts";
import { frameworks } from "./cases/frameworks.ts";
import { handshake } from "./cases/handshake.ts";
import { keepalive } from "./cases/keepalive.ts";
import { limits } from "./cases/limits.ts";
import { order } from "./cases/order.ts";
import { origin } from "./cases/origin.ts";
import { refusal } from "./cases/refusal.ts";
import { roomTurns } from "./cases/room-turns.ts";
import { rooms } from "./cases/rooms.ts";
import { shutdown } from "./cases/shutdown.ts";
import { slow } from "./cases/slow.ts";
import { subprotocol } from "./cases/subprotocol.ts";
import { topics } from "./cases/topics.ts";
import { violations } from "./cases/violations.ts";

/** The rows of the matrix, in the order of the contract. */
export const groups: readonly Group[] = [
  handshake,
  origin,
  admission,
  subprotocol,
  refusal,
  frameworks,
  echo,
  frames,
  violations,
  order,
  close,
  flow,
  limits,
  slow,
  keepalive,
  expiry,
  compression,
  topics,
  shutdown,
  rooms,
  roomTurns,
  crowd,
];
