/** All commands as one program. Help and errors come from each command's declaration. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import manifest from "../../package.json" with { type: "json" };
import { decode } from "./commands/decode.ts";
import { info } from "./commands/info.ts";
import { pull } from "./commands/pull.ts";
import { watch } from "./commands/watch.ts";
import { EXIT, Interrupted, UsageError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

/** Each is a file in commands/: a function that declares the command for a terminal. */
const COMMANDS = [decode, info, pull, watch];

const EXIT_CODES = `
Exit codes:
  0    everything went well
  1    something failed; the rest was still worked through
  2    the command line is wrong; nothing was done
  130  interrupted by Ctrl+C (143: by SIGTERM); what was finished stays`;

const CALLING = `
Where the help says hdvoice, type npm run --silent hdvoice --, as in
  npm run --silent hdvoice -- decode voice.speex voice.wav
Without --silent, npm writes lines of its own to stdout.`;

/** Resolves to the exit code. What it rejects with is a bug. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync(words, { from: "user" });
    return terminal.hasFailed ? EXIT.failed : EXIT.ok;
  } catch (error) {
    terminal.clear();
    if (error instanceof Interrupted) return error.exitCode;
    if (error instanceof CommanderError && HELPED.has(error.code))
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof UsageError || error instanceof CommanderError)) throw error;
    const command = program.commands.map((known) => known.name()).find((name) => name === words[0]);
    terminal.say(
      ...usageFault(error.message),
      `hdvoice ${command ? `${command} ` : ""}--help says how to use it.`,
    );
    return EXIT.usage;
  }
}

/** Nothing is left to say: help or the version has been printed. */
const HELPED = new Set(["commander.helpDisplayed", "commander.help", "commander.version"]);

/** Commander's messages may have a second line, a suggestion; any other line break is in the words of the caller. */
function usageFault(message: string): string[] {
  const [, fault = message, suggestion] =
    /^(?:error: )?([\s\S]*?)(?:\n(\(Did you mean [^\n]*\)))?$/.exec(message) ?? [];
  return [`hdvoice: ${fault}`, ...(suggestion === undefined ? [] : [suggestion])];
}

function createProgram(terminal: Terminal): Command {
  const program = new Command("hdvoice")
    .description("Works with WeChat HD voices: Speex, bare as WeChat sends it, with length bytes, or in Ogg.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help; after a command, that command's")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(...linesOf(text)),
      writeErr: (text) => terminal.say(...linesOf(text)),
      // Told by runProgram, together with all other wrong use.
      outputError: () => {},
    })
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .addHelpText("after", EXIT_CODES)
    .addHelpText("after", CALLING);
  for (const declare of COMMANDS) {
    const command = declare(terminal);
    command
      .copyInheritedSettings(program)
      .description(sentence(command.summary()))
      .helpOption("-h, --help", "print this help")
      .addHelpText("after", EXIT_CODES);
    program.addCommand(command);
  }
  return program;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}
