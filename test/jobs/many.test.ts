/** A large job over a bad WeChat and a bad receiver: every item ends as it must, and everything is as recorded. */
import { expect, it } from "vitest";
import type { MisbehaviourRule } from "../../tools/simulator/simulator.ts";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { storedKeys, wechat } from "../support/gateway.ts";
import { CALLBACK_URL, listen, ok, postJob, untilDone } from "../support/jobs.ts";
import { withoutBackoff } from "../support/world.ts";

const ITEM_COUNT = 500;
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = voice("short-half-second");
const mediaIds = Array.from({ length: ITEM_COUNT }, (_, index) => `voice-${index}`);

/** One in five fails for as long as one delivery tries it (three times on each of two hosts), and is well then. */
const TRANSIENT: readonly MisbehaviourRule[] = [
  { kind: "errcode", errcode: -1, times: 3 },
  { kind: "status", status: 502, times: 6 },
  { kind: "network-failure", times: 6 },
  { kind: "cut", afterBytes: 700, times: 3 },
];
const isTransient = (index: number) => index % 5 === 1;
/** One in forty is unknown, one in forty not permitted. */
const isUnknown = (index: number) => index % 40 === 2;
const isForbidden = (index: number) => index % 40 === 22;
const isGood = (index: number) => !isUnknown(index) && !isForbidden(index);

it("500 voices, a fifth of them after a fault and a twentieth never, end as they must", async () => {
  withoutBackoff();
  for (const [index, mediaId] of mediaIds.entries()) {
    if (!isUnknown(index)) wechat.addRecording(APP_ID, mediaId, SPEEX);
    const scope = { path: MEDIA_PATH, mediaId };
    const fault = TRANSIENT[index % TRANSIENT.length];
    if (isTransient(index) && fault) wechat.misbehave({ ...fault, ...scope });
    if (isForbidden(index)) wechat.misbehave({ kind: "errcode", errcode: 48001, ...scope });
  }
  const refusedOnce = new Set<string>();
  const deliveries = listen(({ id }, count) => {
    if (count % 10 !== 0 || refusedOnce.has(id)) return ok();
    refusedOnce.add(id);
    return new Response(null, { status: 500 });
  });

  const body = { mediaIds, formats: ["speex"], callbackUrl: CALLBACK_URL };
  const job = await untilDone(await postJob(body));

  expect(job.counts).toEqual({ queued: 0, waiting: 0, ready: 475, failed: 25, cancelled: 0 });
  for (const [index, item] of job.items.entries()) {
    const code = isUnknown(index) ? "voice-not-found" : "wechat-permission";
    const attempts = isTransient(index) ? 2 : 1;
    expect(item).toMatchObject(
      isGood(index) ? { state: "ready", attempts } : { state: "failed", code, attempts: 1 },
    );
  }

  // Each good voice was downloaded whole once and is stored once; there is nothing else.
  const whole = wechat.calls({ path: MEDIA_PATH }).filter(({ outcome, misbehaviours }) => {
    return outcome === 200 && misbehaviours.length === 0;
  });
  const good = mediaIds.filter((_, index) => isGood(index)).sort();
  expect(whole.map(({ mediaId }) => mediaId).sort()).toEqual(good);
  const stored = await storedKeys("voice/");
  expect(stored).toEqual(good.map((mediaId) => `voice/v1/${APP_ID}/${mediaId}/source`).sort());
  expect(wechat.calls({ path: "/cgi-bin/stable_token" }).length).toBe(1);

  // The receiver has seen what the records say, no more and no less.
  for (const { mediaId, state, callback } of job.items) {
    const seen = deliveries.filter(({ id }) => id === `${job.jobId}-${mediaId}`);
    expect({ mediaId, attempts: seen.length }).toEqual({ mediaId, attempts: callback?.attempts });
    expect(callback).toMatchObject({ state: "delivered", status: 204 });
    expect(seen.map(({ event }) => event.type)).toEqual(seen.map(() => `voice.${state}`));
  }
  expect(deliveries.length).toBe(ITEM_COUNT + refusedOnce.size);
  expect(refusedOnce.size).toBeGreaterThan(ITEM_COUNT / 20);
}, 90_000);
