import { Command } from "commander";
import { UsageError } from "../failure.ts";
import { processTerminal, type Terminal, UsageError as WrongOptions } from "../terminal.ts";

/** A command that talks to a running gateway and reads its own options. Its exit code is what it returns. */
export function gatewayCommand(
  name: string,
  description: string,
  usage: string,
  run: (args: readonly string[], terminal: Terminal) => Promise<number>,
): Command {
  return new Command(name)
    .summary(description)
    .description(`${description[0]?.toUpperCase()}${description.slice(1)}.`)
    .usage("[options]")
    .argument("[words...]")
    .allowUnknownOption()
    .addHelpText("after", ({ error }) => (error ? "" : `\n${usage}`))
    .action(async (_words: string[], _options: unknown, command: Command) => {
      try {
        process.exitCode = await run(command.args, processTerminal(new AbortController().signal));
      } catch (error) {
        throw isWrongUsage(error) ? new UsageError(`${(error as Error).message}\n${usage}`) : error;
      }
    });
}

/** Node's parseArgs throws a TypeError with a code of this kind for an option that it doesn't know. */
function isWrongUsage(error: unknown): boolean {
  if (error instanceof WrongOptions) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
