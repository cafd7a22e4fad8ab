export type { TicketSecret } from "./keys.ts";
export { type OnceInMemoryOptions, type OnceStore, onceInMemory } from "./once.ts";
export {
  type RedeemOptions,
  type Redemption,
  type TicketFault,
  type TicketGrant,
  type TicketOptions,
  type Tickets,
  tickets,
} from "./tickets.ts";
