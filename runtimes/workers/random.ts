/** Fills the array from the platform's CSPRNG; a call takes at most 65,536 bytes. */
export function fillRandom(target: Uint8Array): void {
  crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);
}
