import { afterEach, describe, expect, it } from "vitest";
import { runProgram } from "../../../../tools/cli/program.ts";
import { type FakeGateway, fakeGateway, fakeTerminal, problem } from "../gateway-support.ts";

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

/** Answers each in turn, and the last one for ever. */
async function serve(...answers: unknown[]): Promise<void> {
  gateway = await fakeGateway((_, response) => {
    response.end(JSON.stringify(answers[Math.min(gateway.asked.length, answers.length) - 1]));
  });
}

function watch(terminal = fakeTerminal(), ...more: string[]): Promise<number> {
  return runProgram(["watch", "j_1", "--gateway", gateway.origin, ...more], terminal);
}

describe("hdvoice watch", () => {
  it("follows a job to its end, and says what became of it", async () => {
    await serve(job("running", "queued", "ready", "waiting"), job("done", "ready", "ready", "failed"));
    const terminal = fakeTerminal();
    expect(await watch(terminal, "--interval", "7")).toBe(1);
    expect(gateway.asked).toEqual(["/v1/fetches/j_1", "/v1/fetches/j_1"]);
    expect(terminal.sleptMs).toEqual([7000]);
    expect(terminal.shown).toEqual([{ fraction: 1 / 3, text: "1/3  1 waiting" }]);
    expect(terminal.printed).toEqual([
      "done: 2 ready, 1 failed, 0 cancelled",
      "failed  voice-2  voice-not-found: It is gone.",
    ]);
  });

  it("ends well when every voice is there", async () => {
    await serve(job("done", "ready", "ready"));
    expect(await watch()).toBe(0);
  });

  it("ends when the job is cancelled", async () => {
    await serve(job("cancelled", "ready", "cancelled"));
    const terminal = fakeTerminal();
    expect(await watch(terminal)).toBe(1);
    expect(terminal.printed).toEqual(["cancelled: 1 ready, 0 failed, 1 cancelled"]);
  });

  it("says why it can't", async () => {
    gateway = await fakeGateway((_, response) => problem(response, 404, "job-not-found"));
    const terminal = fakeTerminal();
    expect(await watch(terminal)).toBe(1);
    expect(terminal.said).toEqual(["hdvoice: job-not-found: because of job-not-found"]);
  });

  it.each<[string, string, string]>([
    ["a web page", "<!doctype html>Log in", "the answer is not the gateway's"],
    ["another program's JSON", '{"state":"done"}', "the answer is not a job"],
    ["an answer without end", `"${"x".repeat(3_000_000)}"`, "the answer is not the gateway's"],
  ])("takes %s for no job", async (_, answer, fault) => {
    gateway = await fakeGateway((_path, response) => void response.end(answer));
    const terminal = fakeTerminal();
    expect(await watch(terminal)).toBe(1);
    expect(terminal.said).toEqual([`hdvoice: ${fault}`]);
  });

  it("ends between two looks when it is interrupted, and says that the job goes on", async () => {
    await serve(job("running", "queued"));
    const terminal = fakeTerminal({ onSleep: ({ interrupt }) => interrupt() });
    expect(await watch(terminal)).toBe(130);
    expect(terminal.said).toEqual([
      "hdvoice: interrupted; the job goes on, and the same command watches it again",
    ]);
  });

  it.each<[string[], string]>([
    [["watch"], "missing required argument 'job'"],
    [["watch", "j_1", "j_2"], "too many arguments"],
    [["watch", "j_1", "--interval", "soon"], "It must be a whole number from 1 to 600."],
    [["watch", "j_1", "--gateway", "nowhere"], "--gateway must be a URL"],
    [["watch", "j_1"], "no gateway: give --gateway, or set HDVOICE_GATEWAY to its URL"],
  ])("refuses %j", async (words, fault) => {
    const terminal = fakeTerminal();
    expect(await runProgram(words, terminal)).toBe(2);
    expect(terminal.said[0]).toContain(fault);
    expect(terminal.said.at(-1)).toBe("hdvoice watch --help says how to use it.");
  });
});
