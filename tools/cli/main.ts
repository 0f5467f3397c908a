/**
 * `npm run hdvoice -- COMMAND …`: the tool for the terminal. Each command is a file in commands/ and a line in COMMANDS.
 * Exit codes are the same for all of them: EXIT_CODES below.
 */
import { constants } from "node:os";
import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { decode } from "./commands/decode.ts";
import { gatewayCommand } from "./commands/gateway-command.ts";
import { info } from "./commands/info.ts";
import { UsageError } from "./failure.ts";
import { PULL_USAGE, pull } from "./pull.ts";
import { say } from "./screen.ts";
import { WATCH_USAGE, watch } from "./watch.ts";

const COMMANDS: readonly Command[] = [
  decode,
  info,
  gatewayCommand("pull", "archive many voices through a running gateway", PULL_USAGE, pull),
  gatewayCommand("watch", "follow a job of a running gateway to its end", WATCH_USAGE, watch),
];

const WRONG_USAGE = 2;
const EXIT_CODES = `
Exit codes:
  0  everything went well
  1  a file failed; the others were still worked through
  2  the command line is wrong; nothing was done`;

const CALLING = `
Where the help says hdvoice, type npm run --silent hdvoice --, as in
  npm run --silent hdvoice -- decode voice.speex voice.wav
Without --silent, npm writes lines of its own to stdout.`;

const program = new Command("hdvoice")
  .description("Works with WeChat HD voices: Speex, bare as WeChat sends it, with length bytes, or in Ogg.")
  .version(manifest.version, "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help; after a command, that command's")
  .showHelpAfterError()
  .exitOverride()
  .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
  .addHelpText("after", EXIT_CODES)
  .addHelpText("after", CALLING);

for (const command of COMMANDS) {
  command.copyInheritedSettings(program).helpOption("-h, --help", "print this help");
  program.addCommand(command.addHelpText("after", EXIT_CODES));
}

// npm starts its scripts in the project's folder. File names are meant from where npm itself was started.
const { INIT_CWD, npm_lifecycle_event } = process.env;
if (INIT_CWD !== undefined && npm_lifecycle_event === "hdvoice") process.chdir(INIT_CWD);

// An exit, unlike the signal's own way to end a process, lets half-written files be removed.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UsageError) say(`hdvoice: ${error.message}`);
  else if (!(error instanceof CommanderError)) throw error;
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  process.exitCode = isHelp ? 0 : WRONG_USAGE;
}
