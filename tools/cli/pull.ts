/**
 * `hdvoice pull --ids FILE --out DIR`: archives many voices through a running gateway. What is there already is not fetched
 * again, and a file is there only when it is whole; so an interrupted run is gone on with by repeating it.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { GATEWAY_OPTIONS, type Gateway, openGateway, readProblem, Unreachable } from "./gateway.ts";
import { bar, EXIT, type Terminal, UsageError } from "./terminal.ts";

export const PULL_USAGE = `hdvoice pull --ids FILE --out DIR [--format wav|ogg|speex|pcm|json] [--concurrency N]
             [--gateway URL] [--key-env NAME] [--app APPID]
  --ids          a file with one media id a line, or - for standard input; what follows a # is ignored
  --out          the folder for {mediaId}.{format}; what is there already is not fetched again
  --concurrency  how many at a time, 1 to 16; default 4
  --gateway      default: the environment variable HDVOICE_GATEWAY
  --key-env      the environment variable with the API key; default HDVOICE_KEY
Exit code: 0 when every voice is there, 1 when some are gone or failed, 2 for wrong use.`;

const FORMATS = ["wav", "ogg", "speex", "pcm", "json"];
/** These mean that no other voice will fare better. */
const HOPELESS = new Set([401, 403]);

type Result =
  | { readonly kind: "done" | "there" }
  | { readonly kind: "gone" | "failed"; readonly why: string };

export async function pull(args: readonly string[], terminal: Terminal): Promise<number> {
  const { mediaIds, out, format, concurrency, gateway } = await readOptions(args, terminal);
  await mkdir(out, { recursive: true });
  const results = new Map<string, Result>();
  const waiting = [...mediaIds];
  let hopeless: string | null = null;

  async function worker(): Promise<void> {
    for (let mediaId = waiting.shift(); mediaId !== undefined; mediaId = waiting.shift()) {
      const result = await pullOne(mediaId, out, format, gateway);
      if (result === null || "hopeless" in result) {
        hopeless ??= result?.hopeless ?? null;
        waiting.length = 0;
        return;
      }
      results.set(mediaId, result);
      terminal.draw(bar(results.size, mediaIds.length, notes(results)));
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  terminal.draw("");
  report(mediaIds, results, terminal);
  if (hopeless !== null) terminal.complain(`hdvoice pull: ${hopeless}`);
  if (terminal.signal.aborted) return EXIT.interrupted;
  const complete = mediaIds.every((mediaId) => /done|there/.test(results.get(mediaId)?.kind ?? ""));
  return complete ? EXIT.ok : EXIT.incomplete;
}

/** Null: interrupted. */
async function pullOne(
  mediaId: string,
  out: string,
  format: string,
  gateway: Gateway,
): Promise<Result | { hopeless: string } | null> {
  const file = join(out, `${mediaId}.${format}`);
  try {
    if (await exists(file)) return { kind: "there" };
    const response = await gateway.get(`/voices/${mediaId}.${format}`);
    if (response.ok) {
      await save(response, file);
      return { kind: "done" };
    }
    const { status, code, detail } = await readProblem(response);
    if (HOPELESS.has(status)) return { hopeless: `${code}: ${detail}` };
    return { kind: code === "voice-not-found" ? "gone" : "failed", why: `${code}: ${detail}` };
  } catch (error) {
    if (error instanceof Unreachable) return { hopeless: error.message };
    if (error instanceof Error && error.name === "AbortError") return null;
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}

/** Under its name only when it is whole. */
async function save(response: Response, file: string): Promise<void> {
  const part = `${file}.part`;
  try {
    const sink = createWriteStream(part);
    if (response.body) await pipeline(response.body, sink);
    else await once(sink.end(), "finish");
    const promised = response.headers.get("content-length");
    if (promised !== null && Number(promised) !== sink.bytesWritten) {
      throw new Error(`${sink.bytesWritten} of ${promised} bytes arrived`);
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function report(mediaIds: readonly string[], results: ReadonlyMap<string, Result>, terminal: Terminal): void {
  const of = (kind: Result["kind"]) => [...results].filter(([, result]) => result.kind === kind);
  const there = of("there").length;
  terminal.print(`done    ${of("done").length + there}${there > 0 ? ` (${there} were there already)` : ""}`);
  terminal.print(`gone    ${of("gone").length}`);
  terminal.print(`failed  ${of("failed").length}`);
  if (results.size < mediaIds.length) terminal.print(`not tried  ${mediaIds.length - results.size}`);
  for (const kind of ["gone", "failed"] as const) {
    for (const [mediaId, result] of of(kind)) {
      if ("why" in result) terminal.print(`${kind}  ${mediaId}  ${result.why}`);
    }
  }
}

function notes(results: ReadonlyMap<string, Result>): string[] {
  const counts = { gone: 0, failed: 0 };
  for (const { kind } of results.values()) if (kind === "gone" || kind === "failed") counts[kind]++;
  return Object.entries(counts).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []));
}

async function readOptions(args: readonly string[], terminal: Terminal) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...GATEWAY_OPTIONS,
      ids: { type: "string" },
      out: { type: "string" },
      format: { type: "string", default: "wav" },
      concurrency: { type: "string", default: "4" },
    },
  });
  const { ids, out, format } = values;
  if (ids === undefined || out === undefined) throw new UsageError("--ids and --out are needed");
  if (!FORMATS.includes(format)) throw new UsageError(`--format must be one of ${FORMATS.join(", ")}`);
  if (!/^(?:[1-9]|1[0-6])$/.test(values.concurrency)) {
    throw new UsageError("--concurrency must be a number from 1 to 16");
  }
  const gateway = openGateway(values, terminal);
  const mediaIds = parseIds(ids === "-" ? await text(process.stdin) : await readFile(ids, "utf8"));
  return { mediaIds, out, format, concurrency: Number(values.concurrency), gateway };
}

function parseIds(list: string): string[] {
  const ids = list
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  const wrong = ids.find((id) => !/^[A-Za-z0-9_-]{1,256}$/.test(id));
  // An id becomes a file's name.
  if (wrong !== undefined) throw new UsageError(`'${wrong}' is not a media id: letters, digits, '-' and '_'`);
  return [...new Set(ids)];
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
