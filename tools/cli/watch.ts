/** `hdvoice watch JOB`: follows a job of a running gateway to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { GATEWAY_OPTIONS, openGateway, readProblem, Unreachable } from "./gateway.ts";
import { bar, EXIT, type Terminal, UsageError } from "./terminal.ts";

export const WATCH_USAGE = `hdvoice watch JOB [--interval SECONDS] [--gateway URL] [--key-env NAME] [--app APPID]
  JOB         the jobId that POST /v1/fetches answered
  --interval  how often the gateway is asked, 1 to 600; default 2
Exit code: 0 when every voice is there, 1 when some failed or the job was cancelled, 2 for wrong use.`;

interface Job {
  readonly state: "accepting" | "running" | "done" | "cancelled";
  readonly counts: Readonly<Record<"queued" | "waiting" | "ready" | "failed" | "cancelled", number>>;
  readonly items: readonly {
    readonly mediaId: string;
    readonly state: string;
    readonly code?: string;
    readonly detail?: string;
  }[];
}

export async function watch(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...GATEWAY_OPTIONS, interval: { type: "string", default: "2" } },
    allowPositionals: true,
  });
  const [jobId] = positionals;
  if (jobId === undefined || positionals.length > 1) throw new UsageError("one job id is needed");
  const intervalSeconds = Number(values.interval);
  if (!(intervalSeconds >= 1 && intervalSeconds <= 600)) {
    throw new UsageError("--interval must be a number of seconds from 1 to 600");
  }
  const gateway = openGateway(values, terminal);
  try {
    for (;;) {
      const response = await gateway.get(`/fetches/${encodeURIComponent(jobId)}`);
      if (!response.ok) {
        const { code, detail } = await readProblem(response);
        terminal.draw("");
        terminal.complain(`hdvoice watch: ${code}: ${detail}`);
        return EXIT.incomplete;
      }
      const job = (await response.json()) as Job;
      if (job.state === "done" || job.state === "cancelled") return end(job, terminal);
      terminal.draw(describe(job));
      await sleep(intervalSeconds * 1000, undefined, { signal: terminal.signal });
    }
  } catch (error) {
    terminal.draw("");
    if (terminal.signal.aborted) return EXIT.interrupted;
    if (!(error instanceof Unreachable)) throw error;
    terminal.complain(`hdvoice watch: ${error.message}`);
    return EXIT.incomplete;
  }
}

function end({ state, counts, items }: Job, terminal: Terminal): number {
  terminal.draw("");
  terminal.print(`${state}: ${counts.ready} ready, ${counts.failed} failed, ${counts.cancelled} cancelled`);
  for (const { mediaId, state: itemState, code, detail } of items) {
    if (itemState === "failed") terminal.print(`failed  ${mediaId}  ${code}: ${detail}`);
  }
  return counts.ready === items.length ? EXIT.ok : EXIT.incomplete;
}

function describe({ counts, items }: Job): string {
  const notes = (["failed", "waiting"] as const).flatMap((state) =>
    counts[state] > 0 ? [`${counts[state]} ${state}`] : [],
  );
  return bar(counts.ready + counts.failed, items.length, notes);
}
