import { WirehallError } from "../errors.ts";

/** Throws `INVALID_OPTION` for what is no object of options, and for a name that is none of them. */
export function checkNames(of: string, options: object, names: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new WirehallError("INVALID_OPTION", `the options of ${of} are an object with ${names.join(", ")}`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new WirehallError("INVALID_OPTION", `unknown option "${name}": ${of} takes ${names.join(", ")}`);
    }
  }
}
