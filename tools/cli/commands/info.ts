import { Command } from "commander";
import { type Framing, FramingError } from "../../../src/audio/framing.ts";
import type { ModeCount } from "../../../src/audio/speex/decoder.ts";
import { loadSpeexModule } from "../../speex-module.ts";
import { report, UsageError } from "../failure.ts";
import { nameOf, openInput, STDIN } from "../input.ts";
import { screen } from "../screen.ts";
import { createVoice, type Findings, trailingInWords } from "../voice.ts";

interface InfoOptions {
  readonly json?: true;
}

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

const FRAMINGS: Record<Framing, string> = {
  bare: "bare frames of 60 bytes, as WeChat sends them",
  "header-byte": "frames with a length byte in front",
  ogg: "Ogg",
};

/** By sub-mode: 50 frames a second of so many bits (src/audio/speex/wasm/modes.ts), in kbit/s. */
const SPEECH_KBITS = [0.25, 2.15, 5.95, 8, 11, 15, 18.2, 24.6, 3.95];
const HIGH_BAND_KBITS = [0, 1.8, 5.6, 9.6, 17.6];

export const info = new Command("info")
  .summary("tell what is in voices: framing, length, modes, damage")
  .description("Tells what is in voices: framing, length, modes, damage.")
  .usage("[options] IN...")
  .argument("<names...>", "voices to read")
  .option("--json", "one line of JSON for each file")
  // After a wrong option, the list of options is enough.
  .addHelpText("after", ({ error }) => (error ? "" : DETAILS))
  .action(run);

async function run(names: string[], { json }: InfoOptions): Promise<void> {
  if (names.filter((name) => name === STDIN).length > 1)
    throw new UsageError("stdin can be read only once: name '-' once.");

  const module = loadSpeexModule();
  for (const source of names) {
    const name = nameOf(source);
    try {
      const findings = await scan(module, source);
      console.log(json ? jsonLine(name, findings) : table(name, findings));
    } catch (error) {
      report(name, error);
      process.exitCode = 1;
      if (json) console.log(jsonFailure(name, error));
    }
  }
}

async function scan(module: WebAssembly.Module, source: string): Promise<Findings> {
  const input = await openInput(source);
  const { name, lengthBytes } = input;
  const voice = createVoice(module, input.read(), { enhance: false });
  try {
    for await (const _ of voice.scan()) {
      screen.show(() => ({
        label: name,
        fraction: lengthBytes ? input.readBytes / lengthBytes : null,
        seconds: voice.findings.seconds,
      }));
    }
  } finally {
    screen.clear();
    await input.close();
  }
  return voice.findings;
}

function jsonLine(file: string, { info: stream, ...findings }: Findings): string {
  const { framing, frames, seconds, corruptFrames, absentFrames, modes, trailingBytes } = findings;
  return JSON.stringify({
    ...{ file, framing, ...stream, frames, seconds },
    ...{ modes, corruptFrames, absentFrames, trailingBytes },
  });
}

function jsonFailure(file: string, error: unknown): string {
  const looksLike = error instanceof FramingError ? error.looksLike : null;
  return JSON.stringify({ file, error: error instanceof Error ? error.message : String(error), looksLike });
}

function table(name: string, findings: Findings): string {
  const { framing, info: stream, frames, seconds, corruptFrames, absentFrames, trailingBytes } = findings;
  if (framing === null || stream === null) throw new Error("a voice that was read has no framing");
  const packing = stream.framesPerPacket > 1 ? `, ${stream.framesPerPacket} frames a packet` : "";
  const rows = [
    ["framing", FRAMINGS[framing] + packing],
    ["sound", `${stream.mode}, ${stream.rateHz} Hz, mono`],
    ["length", `${seconds.toFixed(2)} s, ${count(frames, "frame")} of 20 ms`],
    ...modeRows(findings),
    ["corrupt", corruptFrames === 0 ? "none" : `${count(corruptFrames, "frame")} in no known mode`],
    ...(absentFrames > 0
      ? [["absent", `${count(absentFrames, "frame")} that their packets don't hold`]]
      : []),
    ["trailing", trailingBytes === 0 ? "none" : trailingInWords(findings)],
  ];
  return [name, ...rows.map(([title = "", text = ""]) => `  ${title.padEnd(10)}${text}`)].join("\n");
}

/** The most frequent mode first. */
function modeRows({ modes, frames }: Findings): string[][] {
  const digits = String(frames).length;
  return modes
    .toSorted((a, b) => b.frames - a.frames)
    .map((mode, row) => [
      row === 0 ? "modes" : "",
      `${String(mode.frames).padStart(digits)} × ${modeInWords(mode)}`,
    ]);
}

function modeInWords({ narrowband, highBand }: ModeCount): string {
  const speech = narrowband === 0 ? "pause" : `speech at ${SPEECH_KBITS[narrowband]} kbit/s`;
  const high = highBand === 0 ? "" : `, above 4 kHz at ${HIGH_BAND_KBITS[highBand]} kbit/s`;
  return `${speech}${high} (sub-mode ${narrowband}${highBand === 0 ? "" : ` + ${highBand}`})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
