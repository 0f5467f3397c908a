import { Command } from "@commander-js/extra-typings";
import { FramingError } from "../../../src/audio/framing.ts";
import { loadSpeexModule } from "../../speex-module.ts";
import { failureOf, UsageError } from "../failure.ts";
import { nameOf, openInput, STDIN } from "../input.ts";
import type { Terminal } from "../terminal.ts";
import { createVoice } from "../voice.ts";
import { voiceProgress } from "../voice-progress.ts";
import { type Report, reportOnVoice } from "../voice-report.ts";

const DETAILS = `
'-' is stdin. --json prints one line for each file, in their order:
  {"file", "framing": "bare" | "header-byte" | "ogg", "mode": "narrowband" | "wideband", "rateHz",
   "framesPerPacket", "frames", "seconds", "modes": [{"narrowband", "highBand", "frames"}],
   "corruptFrames", "absentFrames", "trailingBytes"}
and for a file that failed {"file", "error", "looksLike"}, where "looksLike" is null unless the file
could be read but is no voice.

Examples:
  hdvoice info voice.speex
  hdvoice info --json *.speex | jq .seconds`;

const declaration = () =>
  new Command("info")
    .summary("tell what is in voices: framing, length, modes, damage")
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
      const report = await reportOn(module, source, terminal);
      terminal.print(...(json ? [JSON.stringify({ file, ...report.facts })] : [file, ...rowsOf(report)]));
    } catch (error) {
      terminal.signal.throwIfAborted();
      terminal.say(...failureOf(file, error));
      terminal.fail();
      if (json) terminal.print(failureAsJson(file, error));
    }
  }
}

async function reportOn(module: WebAssembly.Module, source: string, terminal: Terminal): Promise<Report> {
  const input = await openInput(source, terminal);
  const voice = createVoice(module, input.read(), { enhance: false });
  try {
    for await (const _ of voice.scan()) terminal.show(() => voiceProgress(input, voice.findings));
  } finally {
    terminal.clear();
    await input.close();
  }
  return reportOnVoice(voice.findings);
}

function rowsOf({ rows }: Report): string[] {
  return rows.map(([title, text]) => `  ${title.padEnd(10)}${text}`);
}

function failureAsJson(file: string, error: unknown): string {
  const looksLike = error instanceof FramingError ? error.looksLike : null;
  return JSON.stringify({ file, error: error instanceof Error ? error.message : String(error), looksLike });
}
