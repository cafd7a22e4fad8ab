// Dials wss://chat.invalid on the runtime of its argument, and prints why that came to nothing.
import process from "node:process";

// Not by the runtime's entry, which reads the environment for more than dial does.
const file = process.argv[2] === "deno" ? "../../runtimes/deno/dial.ts" : "../../runtimes/node/dial.ts";
const { dial } = (await import(file)) as typeof import("../../runtimes/node/dial.ts");
await dial("wss://chat.invalid/", {}).catch((error: Error) => console.log(error.message));
