import { expect, it } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { MissingVoices } from "../../src/voice/missing.ts";

const gone = new ServiceError("voice-not-found", "It is gone.", {
  wechat: { errcode: 40007, errmsg: "invalid media_id", rid: "1-2-3" },
});

/** A keeper's memory, and the clock that it goes by. */
function create(openCache: () => Promise<Cache> = () => Promise.reject(new Error("none here"))) {
  const clock = { nowMs: 1_000_000 };
  return { clock, missing: new MissingVoices({ nowMs: () => clock.nowMs, openCache }) };
}

it("remembers for a minute, says for how long still, and forgets", async () => {
  const { missing, clock } = create();
  await missing.remember("a", gone);
  clock.nowMs += 500;
  expect(await missing.recall("a")).toMatchObject({
    code: "voice-not-found",
    wechat: gone.wechat,
    headers: { "cache-status": "hdvoice; hit; ttl=60" },
  });
  expect(await missing.recall("b")).toBeNull();
  clock.nowMs += 59_500;
  expect(await missing.recall("a")).toBeNull();
  clock.nowMs -= 59_500;
  await missing.forget("a");
  expect(await missing.recall("a")).toBeNull();
});

it("is told by the cache what it knew in an earlier life, as long as that could be anything", async () => {
  let looks = 0;
  const open = async () => {
    looks++;
    return caches.open("test-missing");
  };
  await create(open).missing.remember("a", gone);
  const { missing, clock } = create(open);
  expect(await missing.recall("a")).toMatchObject({ code: "voice-not-found", wechat: gone.wechat });
  clock.nowMs += 60_000;
  looks = 0;
  expect(await missing.recall("a")).toBeNull();
  expect(looks).toBe(0);

  await create(open).missing.forget("a");
  expect(await create(open).missing.recall("a")).toBeNull();
});

it.each([
  ["a failure of our own", new ServiceError("voice-not-found", "Deleted while it was being read.")],
  [
    "another refusal",
    new ServiceError("rate-limited", "Slow down.", { wechat: { errcode: 45009, errmsg: "", rid: null } }),
  ],
  ["a bug", new TypeError("oops")],
])("does not take %s for WeChat's word", async (_, failure) => {
  const { missing } = create();
  await missing.remember("a", failure);
  expect(await missing.recall("a")).toBeNull();
});

it("holds the thousand latest, so that memory stays bounded", async () => {
  const { missing } = create();
  for (let i = 0; i <= 1_000; i++) await missing.remember(`voice-${i}`, gone);
  expect(await missing.recall("voice-0")).toBeNull();
  expect(await missing.recall("voice-1")).not.toBeNull();
  expect(await missing.recall("voice-1000")).not.toBeNull();
});
