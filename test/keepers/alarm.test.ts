/** Alarms that ring while a setting is faulty, as after a deployment with a slip of the pen. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env.ts";
import { APP_ID, MERCHANT_APP_ID, PLATFORM_ID, PUSHED_APP_ID } from "../support/accounts.ts";
import { said, wechat } from "../support/gateway.ts";
import { deliver, settle } from "../support/platform.ts";
import { world } from "../support/world.ts";

const FAULTY: Partial<Env> = { WECHAT_ACCOUNTS: '[{"appId":"wx1","source":"stabel"}]' };
const WITHOUT_ACCOUNTS: Partial<Env> = { WECHAT_APP_ID: "wx-another", WECHAT_ACCOUNTS: "" };
const WITHOUT_PLATFORMS: Partial<Env> = {
  WECHAT_PLATFORMS: "",
  WECHAT_ACCOUNTS: '[{"appId":"wx1","secret":"s"}]',
};

interface Rung {
  readonly alarmAtMs: number | null;
  readonly storedKeys: readonly string[];
}

type Keeper = { env: Env; alarm(): Promise<void> };

/** The object starts anew with these settings, and its alarm rings. */
async function ringUnder<T extends Rpc.DurableObjectBranded>(
  stub: DurableObjectStub<T>,
  changes: Partial<Env>,
): Promise<Rung> {
  await evictDurableObject(stub as never);
  return runInDurableObject(stub as never, async (instance: unknown, { storage }: DurableObjectState) => {
    const keeper = instance as Keeper;
    keeper.env = { ...env, ...changes } as Env;
    await storage.deleteAlarm();
    await keeper.alarm();
    return { alarmAtMs: await storage.getAlarm(), storedKeys: [...storage.kv.list()].map(([key]) => key) };
  });
}

describe("an account's keeper", () => {
  const keeperOf = (appId: string) => env.TOKEN_KEEPER.getByName(appId);
  const ref = (appId: string) => ({ appId, componentAppId: null });

  it("keeps everything while a setting is faulty, and looks again in a minute", async () => {
    await keeperOf(PUSHED_APP_ID).push(ref(PUSHED_APP_ID), {
      value: "pushed-token",
      expiresAtMs: world.nowMs() + 7_000_000,
    });
    const before = world.nowMs();
    const { alarmAtMs, storedKeys } = await ringUnder(keeperOf(PUSHED_APP_ID), FAULTY);
    expect(alarmAtMs).toBeGreaterThanOrEqual(before + 60_000);
    expect(alarmAtMs).toBeLessThanOrEqual(world.nowMs() + 60_000);
    expect(storedKeys).toEqual(["account/v1", "alarms/v1", "pushed/v1", "settings/v1", "state/v1"]);
    expect(said.join("\n")).toContain('"event":"alarm-put-off"');

    await evictDurableObject(keeperOf(PUSHED_APP_ID));
    expect(await keeperOf(PUSHED_APP_ID).current(ref(PUSHED_APP_ID))).toMatchObject({
      value: { value: "pushed-token" },
    });
  });

  it("forgets everything once its account is configured no longer", async () => {
    await keeperOf(APP_ID).current(ref(APP_ID));
    expect(await ringUnder(keeperOf(APP_ID), WITHOUT_ACCOUNTS)).toEqual({ alarmAtMs: null, storedKeys: [] });
  });
});

describe("a platform's keeper", () => {
  const keeper = () => env.PLATFORM_KEEPER.getByName(PLATFORM_ID);

  it("looks again while a setting is faulty: what was pushed waits to be settled", async () => {
    await deliver(wechat.pushTicket(PLATFORM_ID));
    await deliver(wechat.pushAuthorized(PLATFORM_ID, MERCHANT_APP_ID));
    const { alarmAtMs } = await ringUnder(keeper(), FAULTY);
    expect(alarmAtMs).toBeGreaterThan(world.nowMs());

    await evictDurableObject(keeper());
    await settle();
    expect(await keeper().status(PLATFORM_ID)).toMatchObject({
      value: { pendingCodes: 0, authorizations: [{ appId: MERCHANT_APP_ID }] },
    });
  });

  it("keeps its book once it is configured no longer, and rests", async () => {
    await deliver(wechat.pushTicket(PLATFORM_ID));
    await deliver(wechat.pushAuthorized(PLATFORM_ID, MERCHANT_APP_ID));
    const { alarmAtMs, storedKeys } = await ringUnder(keeper(), WITHOUT_PLATFORMS);
    expect(alarmAtMs).toBeNull();
    expect(storedKeys).toContain("ticket/v1");
  });
});
