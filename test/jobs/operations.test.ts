/** What a job's item costs in operations of R2, which are paid by the million. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { wechat } from "../support/gateway.ts";
import { consume, createContext, fetchMessage, JOB_ID } from "../support/job-queue.ts";

const METHODS = ["get", "head", "put", "list", "delete"] as const;
let operations: string[] = [];

beforeEach(() => {
  operations = [];
  wechat.addRecording(APP_ID, "voice-1", voice("short-half-second"));
  // Of the Worker and of its keepers alike.
  const bucket = Object.getPrototypeOf(env.VOICES) as R2Bucket;
  for (const method of METHODS) {
    const real = bucket[method] as (...args: unknown[]) => Promise<unknown>;
    vi.spyOn(bucket, method as "get").mockImplementation(function (this: R2Bucket, ...args: unknown[]) {
      const [target] = args;
      operations.push(`${method} ${typeof target === "string" ? target : JSON.stringify(target)}`);
      return real.apply(this, args) as never;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const RECORDS = [
  `get job/v1/${JOB_ID}/item/voice-1.json`,
  `head job/v1/${JOB_ID}/cancelled`,
  `get job/v1/pause/${APP_ID}.json`,
  `put job/v1/${JOB_ID}/item/voice-1.json`,
];

it("a WAV of a new voice is seven: the source is looked for once, and put; the WAV is put; four are records", async () => {
  await consume([fetchMessage("voice-1", { formats: ["wav"] })], createContext());
  expect(operations.sort()).toEqual(
    [
      ...RECORDS,
      `get voice/v1/${APP_ID}/voice-1/source`,
      `put voice/v1/${APP_ID}/voice-1/source`,
      `put voice/v1/${APP_ID}/voice-1/wav`,
    ].sort(),
  );
});

it("of a voice that is stored it is two to look, and nothing is written but the record", async () => {
  await consume(
    [fetchMessage("voice-1", { formats: ["wav"], jobId: `${JOB_ID.slice(0, -1)}2` })],
    createContext(),
  );
  operations = [];
  await consume([fetchMessage("voice-1", { formats: ["wav"] })], createContext());
  expect(operations.sort()).toEqual(
    [...RECORDS, `get voice/v1/${APP_ID}/voice-1/source`, `head voice/v1/${APP_ID}/voice-1/wav`].sort(),
  );
});
