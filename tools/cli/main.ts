/** `npm run hdvoice -- COMMAND …`: the tool for the terminal. */
import { Interrupted } from "./failure.ts";
import { processTerminal } from "./process-terminal.ts";
import { runProgram } from "./program.ts";

// npm starts its scripts in the project's folder. File names are meant from where npm itself was started.
const { INIT_CWD, npm_lifecycle_event } = process.env;
if (INIT_CWD !== undefined && npm_lifecycle_event === "hdvoice") process.chdir(INIT_CWD);

const terminal = processTerminal();
process.exitCode = await runProgram(process.argv.slice(2), terminal);
// What was interrupted may still hold a pipe or a connection open.
if (terminal.signal.reason instanceof Interrupted) process.exit();
