import { Command, Option } from "@commander-js/extra-typings";
import * as z from "zod/mini";
import type { Progress } from "../bar.ts";
import {
  APP_OPTION,
  GATEWAY_OPTION,
  type Gateway,
  GatewayFailure,
  KEY_OPTION,
  openGateway,
  readJson,
  readProblem,
} from "../gateway.ts";
import type { Terminal } from "../terminal.ts";
import { wholeNumber } from "../whole-number.ts";

const DETAILS = `
When the job has ended, each voice that failed is listed with the reason; the exit code is 0 only if
every voice is there. Ctrl+C ends the watch, not the job.

Example:
  hdvoice watch JOB --gateway https://hdvoice.example.dev`;

const declaration = () =>
  new Command("watch")
    .summary("follow a job of a running gateway until it ends")
    .usage("[options] JOB")
    .argument("<job>", "the jobId that POST /v1/fetches answered")
    .addOption(
      new Option("--interval <seconds>", "how often the gateway is asked, 1 to 600")
        .argParser(wholeNumber(1, 600))
        .default(2),
    )
    .addOption(GATEWAY_OPTION)
    .addOption(KEY_OPTION)
    .addOption(APP_OPTION)
    .addHelpText("after", DETAILS);

type WatchOptions = ReturnType<ReturnType<typeof declaration>["opts"]>;

export function watch(terminal: Terminal) {
  return declaration().action((jobId, options) => run(jobId, options, terminal));
}

const JOB = z.object({
  state: z.enum(["accepting", "running", "done", "cancelled"]),
  counts: z.object({
    waiting: z.number(),
    ready: z.number(),
    failed: z.number(),
    cancelled: z.number(),
  }),
  items: z.array(
    z.object({
      mediaId: z.string(),
      state: z.string(),
      code: z.optional(z.string()),
      detail: z.optional(z.string()),
    }),
  ),
});
type Job = z.infer<typeof JOB>;

async function run(jobId: string, options: WatchOptions, terminal: Terminal): Promise<void> {
  const gateway = await openGateway(options, terminal);
  try {
    let job = await ask(gateway, jobId);
    while (job.state !== "done" && job.state !== "cancelled") {
      const { counts, items } = job;
      terminal.show(() => progressOf(counts, items.length));
      await terminal.sleep(options.interval * 1000);
      job = await ask(gateway, jobId);
    }
    terminal.clear();
    tell(job, terminal);
  } catch (error) {
    if (terminal.signal.aborted)
      terminal.say("hdvoice: interrupted; the job goes on, and the same command watches it again");
    terminal.signal.throwIfAborted();
    if (!(error instanceof GatewayFailure)) throw error;
    terminal.say(`hdvoice: ${error.message}`);
    terminal.fail();
  }
}

async function ask(gateway: Gateway, jobId: string): Promise<Job> {
  const response = await gateway.get(`/fetches/${encodeURIComponent(jobId)}`);
  if (!response.ok) {
    const { code, detail } = await readProblem(response);
    throw new GatewayFailure(`${code}: ${detail}`);
  }
  const job = JOB.safeParse(await readJson(response));
  if (job.success) return job.data;
  throw new GatewayFailure("the answer is not a job", { cause: job.error });
}

function tell({ state, counts, items }: Job, terminal: Terminal): void {
  terminal.print(`${state}: ${counts.ready} ready, ${counts.failed} failed, ${counts.cancelled} cancelled`);
  for (const { mediaId, state: itemState, code, detail } of items) {
    if (itemState === "failed") terminal.print(`failed  ${mediaId}  ${code}: ${detail}`);
  }
  if (counts.ready !== items.length) terminal.fail();
}

function progressOf({ ready, failed, waiting }: Job["counts"], total: number): Progress {
  const done = ready + failed;
  const notes = Object.entries({ failed, waiting }).flatMap(([kind, count]) =>
    count > 0 ? [`${count} ${kind}`] : [],
  );
  return { fraction: total === 0 ? null : done / total, text: [`${done}/${total}`, ...notes].join("  ") };
}
