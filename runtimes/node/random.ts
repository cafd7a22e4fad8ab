import { randomFillSync } from "node:crypto";

/** Fills the array from the platform's CSPRNG. */
export function fillRandom(target: Uint8Array): void {
  randomFillSync(target);
}
