import { expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { MissingVoices } from "../../src/voice/missing.ts";

const gone = new ServiceError("voice-not-found", "It is gone.", {
  wechat: { errcode: 40007, errmsg: "invalid media_id", rid: "1-2-3" },
});

function memoryAlone(): MissingVoices {
  return new MissingVoices({ nowMs: () => 0, openCache: () => Promise.reject(new Error("no cache here")) });
}

it("remembers without a cache, and forgets", async () => {
  const missing = memoryAlone();
  await missing.remember("a", gone);
  expect(await missing.recall("a")).toMatchObject({ code: "voice-not-found", wechat: gone.wechat });
  expect(await missing.recall("b")).toBeNull();
  await missing.forget("a");
  expect(await missing.recall("a")).toBeNull();
});

it.each([
  ["a failure of our own", new ServiceError("voice-not-found", "Deleted while it was being read.")],
  [
    "another refusal",
    new ServiceError("rate-limited", "Slow down.", { wechat: { errcode: 45009, errmsg: "", rid: null } }),
  ],
  ["a bug", new TypeError("oops")],
])("does not take %s for WeChat's word", async (_, failure) => {
  const missing = memoryAlone();
  await missing.remember("a", failure);
  expect(await missing.recall("a")).toBeNull();
});

it("holds the thousand latest, so that memory stays bounded", async () => {
  const missing = memoryAlone();
  for (let i = 0; i <= 1_000; i++) await missing.remember(`voice-${i}`, gone);
  expect(await missing.recall("voice-0")).toBeNull();
  expect(await missing.recall("voice-1")).not.toBeNull();
  expect(await missing.recall("voice-1000")).not.toBeNull();
});
