/** A sentence that `dial` does not keep, and why. */
export interface Deviation {
  readonly reason: string;
  /** The file of the code that says so too, and a part of that as it stands there. */
  readonly file: string;
  readonly says: string;
  /** The test that shows it. */
  readonly test: string;
  readonly name: string;
}

const inTurn: Deviation = {
  reason:
    "not kept by `dial`: it is meant against scripts of strangers in a browser. Here the program itself dials, and a server that is slow to one must not hold up all.",
  file: "src/client/dial.ts",
  says: 'that a client "MUST serialize" attempts to connect to one host',
  test: "test/client/dial.test.ts",
  name: "a server that is slow to answer one dial holds up no other",
};

/** By the names of the sentences. */
export const deviations: Readonly<Record<string, Deviation>> = {
  clientOneAtATime: inTurn,
  clientConnecting: inTurn,
  clientSerializes: inTurn,
};
