import { existsSync } from "node:fs";
import { Command, Option } from "@commander-js/extra-typings";
import { sampleCount } from "../../../src/audio/frames.ts";
import { loadSpeexModule } from "../../speex-module.ts";
import { failureOf, UsageError } from "../failure.ts";
import { FORMS, writeSound } from "../form.ts";
import { type Input, nameOf, openInput } from "../input.ts";
import { createFileOutput, createStdoutOutput, makeFolder, STDOUT } from "../output.ts";
import { planTasks, stemOf, type Task } from "../plan.ts";
import type { Terminal } from "../terminal.ts";
import { createVoice, type Findings, trailingInWords } from "../voice.ts";
import { clock, voiceProgress } from "../voice-progress.ts";

const DETAILS = `
What IN may be: Speex as WeChat sends it (bare frames of 60 bytes), frames with a length
byte in front of each, or Speex in Ogg. It is told by content, not by name; '-' is stdin.

What OUT may be: a name that ends in
  .wav   sound that plays everywhere
  .pcm   the bare samples: 16 bits, little-endian, mono
  .ogg   the Speex frames as they are, in Ogg, which VLC and ffmpeg play
or '-' for stdout. Only where two names are given, the second may be OUT. Without OUT, each
voice's sound is put next to it: a/voice.speex becomes a/voice.wav.

A file gets its name when it is complete; a failed decode leaves nothing behind. An incomplete
frame at the end is left out, and corrupt frames are made up; both are told on stderr.

A WAV header says how long the sound is. It is right in every file, and on stdout if IN is a
file. From stdin to stdout nobody knows it yet: the header then says 0x7ffff000 bytes, as
SoX's does, which SoX and ffmpeg take for "until the end".

Examples:
  hdvoice decode voice.speex                     writes voice.wav
  hdvoice decode voice.speex voice.ogg
  hdvoice decode *.speex --out sound             writes sound/….wav
  curl … | hdvoice decode - - | ffplay -         plays while it arrives
  hdvoice decode voice.speex - --to pcm | aplay -r 16000 -f S16_LE`;

const declaration = () =>
  new Command("decode")
    .summary("turn voices into audio that anything can play")
    .usage("[options] IN... [OUT]")
    .argument("<names...>", "voices to read and, if there are two names, perhaps the file to write")
    .addOption(
      new Option("-t, --to <form>", "what to write, if OUT doesn't say it (default: wav)").choices(FORMS),
    )
    .option("-o, --out <folder>", "put all outputs there; it is created if necessary")
    .option("-f, --force", "replace files that exist")
    .option("--no-enhance", "leave out the perceptual enhancement that WeChat's player applies (.wav, .pcm)")
    .option("-q, --quiet", "say only what is wrong")
    .addHelpText("after", DETAILS);

type DecodeOptions = ReturnType<ReturnType<typeof declaration>["opts"]>;

export function decode(terminal: Terminal) {
  return declaration().action((names, options) => run(names, options, terminal));
}

async function run(names: readonly string[], options: DecodeOptions, terminal: Terminal): Promise<void> {
  const { out } = options;
  const tasks = planTasks(names, options, existsSync);
  if (terminal.stdout.isTTY && tasks.some(({ target }) => target === STDOUT))
    throw new UsageError("The sound would go to the terminal. Name a file, or send stdout somewhere.");
  if (out !== undefined && !(await succeeds(out, () => makeFolder(out), terminal))) return;

  const module = loadSpeexModule();
  let decoded = 0;
  try {
    for (const task of tasks) {
      const isDecoded = await succeeds(
        nameOf(task.source),
        () => decodeOne(module, task, options, terminal),
        terminal,
      );
      if (isDecoded) decoded++;
    }
  } finally {
    if (terminal.signal.aborted)
      terminal.say(
        `hdvoice: interrupted: ${decoded} of ${count(tasks.length)} decoded. To go on, name the others.`,
      );
  }
  if (tasks.length > 1 && !options.quiet)
    terminal.say(`${decoded} of ${count(tasks.length)} decoded${failed(tasks.length - decoded)}`);
}

/** A failure is printed and decides the exit code; the other files are still decoded. */
async function succeeds(file: string, work: () => Promise<void>, terminal: Terminal): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    terminal.signal.throwIfAborted();
    terminal.say(...failureOf(file, error));
    terminal.fail();
    return false;
  }
}

async function decodeOne(
  module: WebAssembly.Module,
  task: Task,
  options: DecodeOptions,
  terminal: Terminal,
): Promise<void> {
  const input = await openInput(task.source, terminal);
  try {
    const output =
      task.target === STDOUT
        ? createStdoutOutput(terminal.stdout)
        : await createFileOutput(task.target, { mayReplace: options.force ?? false });
    const voice = createVoice(module, input.read(), options);
    try {
      await writeSound(voice, task.form, output, {
        name: stemOf(task.source),
        // A file's header is written once more at the end.
        sampleCount: task.form === "wav" && !output.rewriteStart ? await countSamples(module, input) : null,
        onProgress: () => {
          if (!options.quiet) terminal.show(() => voiceProgress(input, voice.findings));
        },
      });
      await output.finish();
    } catch (error) {
      await output.abandon();
      throw error;
    }
    tell(input.name, output.name, voice.findings, options, terminal);
  } finally {
    terminal.clear();
    await input.close();
  }
}

/** Null if the input can be read only once. */
async function countSamples(module: WebAssembly.Module, input: Input): Promise<number | null> {
  if (input.lengthBytes === null) return null;
  const voice = createVoice(module, input.read(), { enhance: false });
  for await (const _ of voice.count());
  const { info, frames } = voice.findings;
  return info ? sampleCount(info, frames) : 0;
}

function tell(
  source: string,
  target: string,
  findings: Findings,
  { quiet }: DecodeOptions,
  terminal: Terminal,
): void {
  const { seconds, frames, corruptFrames, trailingBytes } = findings;
  if (trailingBytes > 0) terminal.say(`hdvoice: ${source}: ends with ${trailingInWords(findings)}, left out`);
  if (corruptFrames > 0)
    terminal.say(
      `hdvoice: ${source}: ${corruptFrames} of ${frames} frames are corrupt; their sound is guessed`,
    );
  if (!quiet)
    terminal.say(
      `${source} → ${target}  ${seconds.toFixed(2)} s${seconds >= 60 ? ` (${clock(seconds)})` : ""}`,
    );
}

function count(voices: number): string {
  return `${voices} ${voices === 1 ? "voice" : "voices"}`;
}

function failed(voices: number): string {
  return voices > 0 ? `, ${voices} failed` : "";
}
