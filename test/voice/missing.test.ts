import { expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { MissingVoices } from "../../src/voice/missing.ts";

const gone = new ServiceError("voice-not-found", "It is gone.", {
  wechat: { errcode: 40007, errmsg: "invalid media_id", rid: "1-2-3" },
});

it("remembers for a minute, says for how long still, and forgets", () => {
  let nowMs = 0;
  const missing = new MissingVoices(() => nowMs);
  missing.remember("a", gone);
  nowMs = 500;
  expect(missing.recall("a")).toMatchObject({
    code: "voice-not-found",
    wechat: gone.wechat,
    headers: { "cache-status": "hdvoice; hit; ttl=60" },
  });
  expect(missing.recall("b")).toBeNull();
  nowMs = 60_000;
  expect(missing.recall("a")).toBeNull();
  nowMs = 0;
  missing.forget("a");
  expect(missing.recall("a")).toBeNull();
});

it.each([
  ["a failure of our own", new ServiceError("voice-not-found", "Deleted while it was being read.")],
  [
    "another refusal",
    new ServiceError("rate-limited", "Slow down.", { wechat: { errcode: 45009, errmsg: "", rid: null } }),
  ],
  ["a bug", new TypeError("oops")],
])("does not take %s for WeChat's word", (_, failure) => {
  const missing = new MissingVoices(() => 0);
  missing.remember("a", failure);
  expect(missing.recall("a")).toBeNull();
});

it("holds the thousand latest, so that memory stays bounded", () => {
  const missing = new MissingVoices(() => 0);
  for (let i = 0; i <= 1_000; i++) missing.remember(`voice-${i}`, gone);
  expect(missing.recall("voice-0")).toBeNull();
  expect(missing.recall("voice-1")).not.toBeNull();
  expect(missing.recall("voice-1000")).not.toBeNull();
});
