import type { Attack } from "../attack.ts";
import { handshakeAttacks } from "./handshakes.ts";
import { messageAttacks } from "./messages.ts";

export const attacks: readonly Attack[] = [...handshakeAttacks, ...messageAttacks];
