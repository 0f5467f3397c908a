import { afterEach, describe, expect, it } from "vitest";
import { watch } from "../../../tools/cli/watch.ts";
import { type FakeGateway, fakeGateway, fakeTerminal, problem } from "./gateway-support.ts";

let gateway: FakeGateway;

afterEach(() => gateway?.close());

const COUNTS = { queued: 0, waiting: 0, ready: 0, failed: 0, cancelled: 0 };

function item(mediaId: string, state: string) {
  return state === "failed"
    ? { mediaId, state, code: "voice-not-found", detail: "It is gone." }
    : { mediaId, state };
}

function job(state: string, ...states: string[]) {
  const counts = { ...COUNTS };
  for (const one of states) counts[one as keyof typeof COUNTS]++;
  return { state, counts, items: states.map((one, index) => item(`voice-${index}`, one)) };
}

/** Answers each job in turn, and the last one for ever. */
async function serve(...jobs: unknown[]): Promise<void> {
  gateway = await fakeGateway((_, response) => {
    response.end(JSON.stringify(jobs[Math.min(gateway.asked.length, jobs.length) - 1]));
  });
}

const args = (...more: string[]) => ["j_1", "--gateway", gateway.origin, "--interval", "1", ...more];

describe("hdvoice watch", () => {
  it("follows a job to its end, and says what became of it", async () => {
    await serve(job("running", "queued", "ready", "waiting"), job("done", "ready", "ready", "failed"));
    const terminal = fakeTerminal();
    expect(await watch(args(), terminal)).toBe(1);
    expect(gateway.asked).toEqual(["/v1/fetches/j_1", "/v1/fetches/j_1"]);
    expect(terminal.drawn).toEqual(["████████················ 1/3  1 waiting", ""]);
    expect(terminal.printed).toEqual([
      "done: 2 ready, 1 failed, 0 cancelled",
      "failed  voice-2  voice-not-found: It is gone.",
    ]);
  });

  it("ends well when every voice is there", async () => {
    await serve(job("done", "ready", "ready"));
    expect(await watch(args(), fakeTerminal())).toBe(0);
  });

  it("ends when the job is cancelled", async () => {
    await serve(job("cancelled", "ready", "cancelled"));
    const terminal = fakeTerminal();
    expect(await watch(args(), terminal)).toBe(1);
    expect(terminal.printed).toEqual(["cancelled: 1 ready, 0 failed, 1 cancelled"]);
  });

  it("says why it can't", async () => {
    gateway = await fakeGateway((_, response) => problem(response, 404, "job-not-found"));
    const terminal = fakeTerminal();
    expect(await watch(args(), terminal)).toBe(1);
    expect(terminal.complaints).toEqual(["hdvoice watch: job-not-found: because of job-not-found"]);
  });

  it("ends at once on Ctrl+C", async () => {
    await serve(job("running", "queued"));
    const terminal = fakeTerminal();
    const watching = watch(args(), terminal);
    setTimeout(() => terminal.interrupt(), 100);
    expect(await watching).toBe(130);
  });

  it.each<[string[], string]>([
    [[], "one job id is needed"],
    [["j_1", "j_2"], "one job id is needed"],
    [["j_1", "--interval", "soon"], "--interval must be"],
    [["j_1", "--gateway", "nowhere"], "--gateway must be a URL"],
  ])("refuses %j", async (wrong, fault) => {
    await expect(watch(wrong, fakeTerminal())).rejects.toThrow(fault);
  });
});
