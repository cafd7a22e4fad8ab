import process from "node:process";
import { createInterface } from "node:readline";

/** A process that is told what to do in lines of JSON on its standard input, and answers on its standard output. */
export interface Lines {
  /** The next line; throws at the end of the input. */
  hear<Order>(): Promise<Order>;
  say(answer: object): void;
}

/** Runs a program that speaks in lines; what it throws becomes `{ error }`. */
export async function speak(program: (lines: Lines) => Promise<void>): Promise<void> {
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  try {
    await program({
      say,
      async hear<Order>() {
        const { value, done } = await lines.next();
        if (done === true) process.exit(1);
        return JSON.parse(value) as Order;
      },
    });
  } catch (error) {
    say({ error: (error as Error).message });
  }
  process.exit();
}
