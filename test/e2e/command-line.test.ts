/** `hdvoice pull` and `hdvoice watch` as people run them, against the running gateway. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_KEY, DEMO_SIGNING } from "../../tools/local/settings.ts";
import { until } from "../support/until.ts";
import { files, get, hdvoice, put, start } from "../tools/cli/support.ts";
import { type Local, startLocal } from "./local.ts";

const SPEEX = readFileSync("test/fixtures/voices/english-8s.speex");
const WAV_BYTES = 44 + 8 * 32_000;

let local: Local;
let env: Record<string, string>;
beforeAll(async () => {
  local = await startLocal({ ...DEMO_SIGNING, JOB_BACKOFF_SECONDS: "0" });
  env = { HDVOICE_KEY: DEMO_KEY, HDVOICE_GATEWAY: local.origin };
});
afterAll(() => local?.stop());

const PULL = ["pull", "--ids", "ids.txt", "--out", "voices"];

it("watches a job to its end, and pulls its voices", async () => {
  local.record("watched", SPEEX);
  const response = await fetch(`${local.origin}/v1/fetches`, {
    method: "POST",
    headers: { authorization: `Bearer ${DEMO_KEY}` },
    body: JSON.stringify({ mediaIds: ["watched", "gone"] }),
  });
  const { jobId } = (await response.json()) as { jobId: string };
  const watched = await hdvoice(["watch", jobId, "--interval", "1"], { env });
  expect(watched).toMatchObject({ status: 1, stderr: "" });
  expect(String(watched.stdout)).toMatch(
    /^done: 1 ready, 1 failed, 0 cancelled\nfailed {2}gone {2}voice-not-found: /,
  );

  put("ids.txt", "watched\ngone\n");
  const pulled = await hdvoice(PULL, { env });
  expect(pulled).toMatchObject({ status: 1, stderr: "" });
  expect(String(pulled.stdout)).toMatch(
    /^done {7}1\ngone {7}1\nfailed {5}0\ngone {2}gone {2}voice-not-found: /,
  );
  expect(files()).toEqual(["ids.txt", "voices", "voices/watched.wav"]);
  expect(get("voices/watched.wav")).toHaveLength(WAV_BYTES);
});

it("keeps what it had at Ctrl+C in the middle of a voice, and goes on from there", async () => {
  for (const mediaId of ["first", "slow", "last"]) local.record(mediaId, SPEEX);
  const release = local.hold("slow", SPEEX.length / 2);
  put("ids.txt", "first\nslow\nlast\n");
  const child = start([...PULL, "--concurrency", "1"], { env });
  const ended = once(child, "close");
  const said = text(child.stderr);
  await until(() =>
    expect(files()).toEqual(["ids.txt", "voices", expect.stringMatching(/\.part$/), "voices/first.wav"]),
  );
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(files()).toEqual(["ids.txt", "voices", "voices/first.wav"]);
  expect(await said).toBe("hdvoice: interrupted; the same command continues with what is not there yet\n");

  release();
  expect(await hdvoice(PULL, { env })).toMatchObject({ status: 0, stderr: "" });
  expect(files().slice(2)).toEqual(["voices/first.wav", "voices/last.wav", "voices/slow.wav"]);
  for (const name of files().slice(2)) expect(get(name)).toHaveLength(WAV_BYTES);
  expect(["first", "slow", "last"].map(local.mediaCalls)).toEqual([1, 1, 1]);
});
