/**
 * Requests for one voice at the same time, in an isolate that has served many voices before: V8's optimising compilers have its
 * code then, and what one request awaits of another fails there, though it works in a young isolate. The full size is
 * WARM_VOICES=2000 CROWDS=1000.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_KEY } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import type { MisbehaviourRule } from "../../tools/simulator/simulator.ts";
import { grant, inTurns, oggOf, WISHES } from "./crowds.ts";
import { startWorkers, type Workers } from "./workers.ts";

const WARM_VOICES = Number(process.env.WARM_VOICES ?? 600);
const CROWDS = Number(process.env.CROWDS ?? 60);
const AT_ONCE = 4;
const TIMEOUT_MS = 600_000;

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = readFileSync("test/fixtures/voices/short-half-second.speex");

/** One each for the first call of a voice; the next call goes well. */
const FAULTS: readonly MisbehaviourRule[] = [
  { kind: "cut", afterBytes: 700 },
  { kind: "cut", afterBytes: 700, ending: "close" },
  { kind: "status", status: 502 },
  { kind: "network-failure" },
  { kind: "errcode", errcode: -1 },
  { kind: "drip", chunkBytes: 300, intervalMs: 2 },
];

let workers: Workers;
let wav: Uint8Array;

beforeAll(async () => {
  workers = await startWorkers(1);
  const [origin = ""] = workers.origins;
  record("first");
  const path = `${origin}/v1/voices/first.wav`;
  const response = await fetch(path, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
  wav = new Uint8Array(await response.arrayBuffer());
  await inTurns(WARM_VOICES, AT_ONCE, async (index) => {
    record(`warm-${index}`);
    expect(await wish(`warm-${index}`, index % 3)).toBeNull();
  });
}, TIMEOUT_MS);
afterAll(() => workers?.stop());

const record = (mediaId: string) => workers.simulator.addRecording(DEMO_ACCOUNT.appId, mediaId, SPEEX);

function wish(mediaId: string, index: number): Promise<string | null> {
  const one = WISHES[index % WISHES.length] as (typeof WISHES)[number];
  const right = { speex: SPEEX, wav, ogg: oggOf(mediaId, SPEEX) }[one.form];
  return grant(workers.origins[0] ?? "", mediaId, one, right);
}

describe.each([2, 3])("%i requests for one cold voice at once", (size) => {
  it.each([
    ["are all answered right", false],
    ["are all answered right after a fault of WeChat's", true],
  ])(
    "%s, out of one download",
    async (_, isFaulty) => {
      const idOf = (index: number) => `voice-${size}-${isFaulty}-${index}`;
      const failures: string[] = [];
      await inTurns(CROWDS, AT_ONCE, async (index) => {
        const mediaId = idOf(index);
        record(mediaId);
        const fault = FAULTS[index % FAULTS.length] as MisbehaviourRule;
        if (isFaulty) workers.simulator.misbehave({ ...fault, path: MEDIA_PATH, mediaId, times: 1 });
        // Every pair of wishes comes up sooner or later.
        const step = 1 + (Math.floor(index / WISHES.length) % (WISHES.length - 1));
        const answers = await Promise.all(
          Array.from({ length: size }, (_, nth) => wish(mediaId, index + nth * step)),
        );
        failures.push(...answers.filter((answer) => answer !== null));
      });
      const calls = Array.from({ length: CROWDS }, (_, index) => {
        const ofVoice = workers.simulator.calls({ path: MEDIA_PATH, mediaId: idOf(index) });
        const hindered = ofVoice.filter(({ misbehaviours }) => misbehaviours.some((kind) => kind !== "drip"));
        return ofVoice.length - hindered.length;
      });
      workers.simulator.behave();
      const seen = {
        failures: summary(failures),
        calls: summary(calls.map((count) => `${count} a voice`)),
        complaints: summary(workers.complaints.splice(0).map((line) => line.slice(0, 160))),
      };
      expect(seen).toEqual({ failures: {}, calls: { "1 a voice": CROWDS }, complaints: {} });
    },
    TIMEOUT_MS,
  );
});

/** How often each occurred. */
function summary(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}
