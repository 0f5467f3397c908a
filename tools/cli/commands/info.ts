import { Command } from "@commander-js/extra-typings";
import { FramingError } from "../../../src/audio/framing.ts";
import { loadSpeexModule } from "../../speex-module.ts";
import { replayable } from "../beginning.ts";
import { failureOf, UsageError } from "../failure.ts";
import { nameOf, openInput, STDIN } from "../input.ts";
import { reportOnSound } from "../sound-report.ts";
import type { Terminal } from "../terminal.ts";
import { createVoice } from "../voice.ts";
import { voiceProgress } from "../voice-progress.ts";
import { type Report, reportOnVoice } from "../voice-report.ts";

const DETAILS = `
'-' is stdin. --json prints one line for each file, in their order:
  {"file", "framing": "bare" | "header-byte" | "ogg", "mode": "narrowband" | "wideband", "rateHz",
   "framesPerPacket", "frames", "seconds", "modes": [{"narrowband", "highBand", "frames"}],
   "corruptFrames", "absentFrames", "trailingBytes", "kind", "mediaType"}
For a file that is something else {"file", "error", "looksLike", "kind", "mediaType", "seconds"}, where
"seconds" is null if they are not known without decoding it; for one that can't be read {"file",
"error", "looksLike": null}. Both end in exit code 1.

Examples:
  hdvoice info voice.speex
  hdvoice info --json *.speex | jq .seconds`;

const declaration = () =>
  new Command("info")
    .summary("show what voices and other sounds are: kind, length, modes, damage")
    .usage("[options] IN...")
    .argument("<names...>", "voices to read")
    .option("--json", "one line of JSON for each file")
    .addHelpText("after", DETAILS);

type InfoOptions = ReturnType<ReturnType<typeof declaration>["opts"]>;

export function info(terminal: Terminal) {
  return declaration().action((names, options) => run(names, options, terminal));
}

async function run(names: readonly string[], { json }: InfoOptions, terminal: Terminal): Promise<void> {
  if (names.filter((name) => name === STDIN).length > 1)
    throw new UsageError("stdin can be read only once: name '-' once.");

  const module = loadSpeexModule();
  for (const source of names) {
    const file = nameOf(source);
    try {
      const { report, fault } = await reportOn(module, source, terminal);
      const facts = { file, ...(fault ? failureAsFacts(fault) : {}), ...report.facts };
      terminal.print(...(json ? [JSON.stringify(facts)] : [file, ...rowsOf(report)]));
      if (fault) fail(file, fault, terminal);
    } catch (error) {
      terminal.signal.throwIfAborted();
      fail(file, error, terminal);
      if (json) terminal.print(JSON.stringify({ file, ...failureAsFacts(error) }));
    }
  }
}

/** `fault`: why it is no voice, if it isn't. */
async function reportOn(
  module: WebAssembly.Module,
  source: string,
  terminal: Terminal,
): Promise<{ report: Report; fault: FramingError | null }> {
  const input = await openInput(source, terminal);
  const bytes = replayable(input.read());
  const voice = createVoice(module, bytes.first(), { enhance: false });
  try {
    for await (const _ of voice.scan()) {
      bytes.forget();
      terminal.show(() => voiceProgress(input, voice.findings));
    }
    return { report: reportOnVoice(voice.findings), fault: null };
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { report: await reportOnSound(error.looksLike, bytes.again()), fault: error };
  } finally {
    terminal.clear();
    await bytes.close();
    await input.close();
  }
}

function fail(file: string, error: unknown, terminal: Terminal): void {
  terminal.say(...failureOf(file, error));
  terminal.fail();
}

function rowsOf({ rows }: Report): string[] {
  return rows.map(([title, text]) => `  ${title.padEnd(10)}${text}`);
}

function failureAsFacts(error: unknown) {
  const looksLike = error instanceof FramingError ? error.looksLike : null;
  return { error: error instanceof Error ? error.message : String(error), looksLike };
}
