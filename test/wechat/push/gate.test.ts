import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { PLAIN_MESSAGES_PER_MINUTE } from "../../../src/wechat/push/gate.ts";
import { PUSHED_APP_ID } from "../../support/accounts.ts";

const NOW_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const keeper = () => env.TOKEN_KEEPER.getByName(PUSHED_APP_ID);

async function admit(signature: string, message: string, nowMs = NOW_MS): Promise<string> {
  const reply = await keeper().admitPlainPush(
    { signature, message, endsAtMs: nowMs + 10 * MINUTE_MS },
    nowMs,
  );
  if (!reply.ok) throw new Error(reply.failure.code);
  return reply.value;
}

describe("the gate of plain mode", () => {
  it("lets a signature bring one message, as often as WeChat sends it", async () => {
    expect(await admit("s1", "m1")).toBe("new");
    expect(await admit("s1", "m1")).toBe("repeated");
    expect(await admit("s1", "m2")).toBe("replayed");
    expect(await admit("s2", "m1")).toBe("new");
  });

  it("remembers over a restart, for as long as the signature is young enough", async () => {
    await admit("s1", "m1");
    await evictDurableObject(keeper());
    expect(await admit("s1", "m2", NOW_MS + 10 * MINUTE_MS)).toBe("replayed");
  });

  it("takes so many messages a minute, and as many in the next", async () => {
    for (let count = 0; count < PLAIN_MESSAGES_PER_MINUTE; count++) {
      expect(await admit(`s${count}`, `m${count}`)).toBe("new");
    }
    expect(await admit("one more", "m")).toBe("too-many");
    expect(await admit("s0", "m0")).toBe("repeated");
    expect(await admit("one more", "m", NOW_MS + MINUTE_MS)).toBe("new");
  });

  it("keeps nothing longer than it needs", async () => {
    for (const name of ["a", "b", "c"]) await admit(name, name);
    await admit("d", "d", NOW_MS + 11 * MINUTE_MS);
    const kept = await runInDurableObject(keeper(), (_, { storage }) =>
      storage.sql.exec<{ signature: string }>("SELECT signature FROM plain_push_v1").toArray(),
    );
    expect(kept).toEqual([{ signature: "d" }]);
  });
});
