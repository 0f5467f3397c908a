import { describe, expect, it } from "vitest";
import { APP_ID, DELETER_KEY, OTHER_APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { renewKeepers } from "../support/keepers.ts";
import { letPass, withoutBackoff } from "../support/world.ts";

const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const SPEEX = voice("short-half-second");
const mediaCalls = () => wechat.calls({ path: MEDIA_PATH }).length;

describe("a voice that WeChat doesn't have", () => {
  it("is asked for once in a minute, in whatever form and however often", async () => {
    const first = await ask("/v1/voices/gone-1.speex");
    expect(first.status).toBe(404);
    const said = await jsonOf(first);
    expect(said).toMatchObject({ code: "voice-not-found", wechat: { errcode: 40007 } });

    for (const path of ["gone-1.speex", "gone-1.wav", "gone-1.json", "gone-1"]) {
      const again = await ask(`/v1/voices/${path}`);
      expect(again.status).toBe(404);
      expect(again.headers.get("cache-status")).toMatch(/^hdvoice; hit; ttl=(60|59)$/);
      const { requestId } = await jsonOf(again).then((problem) => {
        expect(problem).toEqual({ ...said, requestId: problem.requestId });
        return problem;
      });
      expect(requestId).toBe(again.headers.get("x-request-id"));
    }
    const head = await ask("/v1/voices/gone-1.ogg", { method: "HEAD" });
    expect(head.status).toBe(404);
    expect(mediaCalls()).toBe(1);
    expect(await storedKeys()).toEqual([]);
  });

  it("is asked for again after that minute", async () => {
    await jsonOf(await ask("/v1/voices/gone-2.speex"));
    wechat.addRecording(APP_ID, "gone-2", SPEEX);
    letPass(59_000);
    expect((await ask("/v1/voices/gone-2.speex")).status).toBe(404);
    letPass(2_000);
    expect(await bytesOf(await ask("/v1/voices/gone-2.speex"))).toEqual(SPEEX);
    expect(mediaCalls()).toBe(2);
  });

  it("is remembered by a keeper that has been put away meanwhile", async () => {
    await jsonOf(await ask("/v1/voices/gone-3.speex"));
    await renewKeepers();
    const again = await ask("/v1/voices/gone-3.speex");
    expect(again.headers.get("cache-status")).toMatch(/^hdvoice; hit; ttl=/);
    expect(await jsonOf(again)).toMatchObject({ code: "voice-not-found", wechat: { errcode: 40007 } });
    expect(mediaCalls()).toBe(1);
  });

  it("is still there for another account that has it", async () => {
    await jsonOf(await ask("/v1/voices/gone-4.speex"));
    wechat.addRecording(OTHER_APP_ID, "gone-4", SPEEX);
    expect(await bytesOf(await ask(`/v1/apps/${OTHER_APP_ID}/voices/gone-4.speex`))).toEqual(SPEEX);
  });

  it("is asked for at once after a DELETE", async () => {
    await jsonOf(await ask("/v1/voices/gone-5.speex"));
    wechat.addRecording(APP_ID, "gone-5", SPEEX);
    const headers = { authorization: `Bearer ${DELETER_KEY}` };
    expect((await ask("/v1/voices/gone-5", { method: "DELETE", headers })).status).toBe(204);
    expect(await bytesOf(await ask("/v1/voices/gone-5.speex"))).toEqual(SPEEX);
  });

  it.each([-1, 45009, 48001, 40001])("is not confused with the refusal %i", async (errcode) => {
    withoutBackoff();
    const mediaId = `refused-${-errcode}`;
    wechat.addRecording(APP_ID, mediaId, SPEEX);
    wechat.misbehave({ kind: "errcode", errcode, path: MEDIA_PATH });
    expect((await ask(`/v1/voices/${mediaId}.speex`)).status).toBeGreaterThanOrEqual(429);
    wechat.behave();
    expect(await bytesOf(await ask(`/v1/voices/${mediaId}.speex`))).toEqual(SPEEX);
  });
});
