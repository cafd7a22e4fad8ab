import type { Dial } from "../../src/dial.ts";
import { dialBy } from "../node/dial.ts";
import { deno } from "./platform.ts";

/** Opens a WebSocket by Wirehall's own wire. It asks for no permission to read the environment, and does without. */
export const dial: Dial = dialBy((variable) => {
  const { env, permissions } = deno();
  const { state } = permissions.querySync({ name: "env", variable });
  return state === "granted" ? env.get(variable) : undefined;
});
