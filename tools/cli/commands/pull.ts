import { buffer } from "node:stream/consumers";
import { Command, Option } from "@commander-js/extra-typings";
import { TRANSCRIPT_FORMS } from "../../../src/transcript/forms.ts";
import { type Archived, archive, type Result } from "../archive.ts";
import type { Progress } from "../bar.ts";
import { FileFailure, failureOf } from "../failure.ts";
import { APP_OPTION, GATEWAY_OPTION, KEY_OPTION, openGateway } from "../gateway.ts";
import { nameOf, openInput } from "../input.ts";
import { type Fault, readMediaIds } from "../media-ids.ts";
import { makeFolder } from "../output.ts";
import type { Terminal } from "../terminal.ts";
import { wholeNumber } from "../whole-number.ts";

const FORMATS = ["wav", "ogg", "speex", "pcm", "json", ...TRANSCRIPT_FORMS] as const;
/** Of a line that holds no media id, which may be anything. */
const SHOWN_CHARACTERS = 60;

const DETAILS = `
A voice that is in the folder already is not fetched again, and a file is there only when it is
whole. So after Ctrl+C, a failure or a month the same command goes on where it stopped.

A line that holds no media id is named and left out; the exit code is then 1.

Example:
  hdvoice pull --ids ids.txt --out voices --gateway https://hdvoice.example.dev`;

const declaration = () =>
  new Command("pull")
    .summary("archive many voices through a running gateway")
    .requiredOption("--ids <file>", "media ids, one a line; '-' is stdin; what follows a # is ignored")
    .requiredOption("--out <folder>", "where each voice becomes ID.FORMAT; it is created if necessary")
    .addOption(new Option("--format <form>", "what to fetch").choices(FORMATS).default("wav" as const))
    .addOption(
      new Option("--concurrency <number>", "how many at a time, 1 to 16")
        .argParser(wholeNumber(1, 16))
        .default(4),
    )
    .addOption(GATEWAY_OPTION)
    .addOption(KEY_OPTION)
    .addOption(APP_OPTION)
    .addHelpText("after", DETAILS);

type PullOptions = ReturnType<ReturnType<typeof declaration>["opts"]>;

export function pull(terminal: Terminal) {
  return declaration().action((options) => run(options, terminal));
}

async function run(options: PullOptions, terminal: Terminal): Promise<void> {
  const { ids, out: folder, format, concurrency } = options;
  const { signal } = terminal;
  try {
    const { list, gateway } = await prepare(options, terminal);
    const { mediaIds, faults } = list;
    for (const fault of faults) terminal.say(`hdvoice: ${nameOf(ids)}:${describe(fault)}`);
    if (faults.length > 0) terminal.fail();
    await makeFolder(folder);
    const archived = await archive(mediaIds, gateway, {
      ...{ folder, format, concurrency, signal },
      onProgress: (results) => terminal.show(() => progressOf(results, mediaIds.length)),
    });
    terminal.clear();
    summarise(archived, mediaIds, faults.length, terminal);
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FileFailure)) throw error;
    terminal.say(...failureOf(error.file, error));
    terminal.fail();
  }
}

/** Nobody is asked for a key while there is no list; and a list on stdin is read only when the key has been typed. */
async function prepare(options: PullOptions, terminal: Terminal) {
  const input = await openInput(options.ids, terminal);
  try {
    const gateway = await openGateway(options, terminal);
    return { gateway, list: readMediaIds(await buffer(input.read())) };
  } finally {
    await input.close();
  }
}

function describe({ line, text }: Fault): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return `${line}: '${shown}' is not a media id: 1 to 256 letters, digits, '-' and '_'; the line is ignored`;
}

function summarise(
  { results, hopeless }: Archived,
  mediaIds: readonly string[],
  faultCount: number,
  terminal: Terminal,
): void {
  const counts = countsOf(results);
  const untried = mediaIds.length - results.size;
  const there = counts.there === 0 ? "" : ` (${counts.there} of them there before)`;
  const rows: [string, number, string?][] = [
    ["done", counts.done + counts.there, there],
    ["gone", counts.gone],
    ["failed", counts.failed],
  ];
  if (faultCount > 0) rows.push(["bad lines", faultCount]);
  if (untried > 0) rows.push(["not tried", untried]);
  terminal.print(...rows.map(([title, count, note = ""]) => `${title.padEnd(11)}${count}${note}`));
  for (const kind of ["gone", "failed"] as const) {
    for (const [mediaId, result] of results)
      if (result.kind === kind) terminal.print(`${kind}  ${mediaId}  ${result.why}`);
  }
  if (hopeless !== null) terminal.say(`hdvoice: ${hopeless}`);
  if (untried > 0 || counts.gone + counts.failed > 0) terminal.fail();
  if (untried === 0) return;
  const word = terminal.signal.aborted ? "interrupted" : "stopped";
  terminal.say(`hdvoice: ${word}; the same command continues with what is not there yet`);
}

function progressOf(results: ReadonlyMap<string, Result>, total: number): Progress {
  const { gone, failed } = countsOf(results);
  const notes = Object.entries({ gone, failed }).flatMap(([kind, count]) =>
    count > 0 ? [`${count} ${kind}`] : [],
  );
  return { fraction: results.size / total, text: [`${results.size}/${total}`, ...notes].join("  ") };
}

function countsOf(results: ReadonlyMap<string, Result>): Record<Result["kind"], number> {
  const counts = { done: 0, there: 0, gone: 0, failed: 0 };
  for (const { kind } of results.values()) counts[kind]++;
  return counts;
}
