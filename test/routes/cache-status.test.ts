/** Cache-Status (RFC 9211) says what happened. */
import { beforeEach, expect, it } from "vitest";
import { APP_ID } from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { ask, bytesOf, storedKeys, wechat } from "../support/gateway.ts";
import { bend } from "../support/world.ts";

beforeEach(() => wechat.addRecording(APP_ID, "voice-1", voice("low-3s")));

it("tells the request that asked WeChat from those that joined it", async () => {
  wechat.misbehave({ kind: "drip", path: "/cgi-bin/media/get/jssdk", chunkBytes: 1_000, intervalMs: 5 });
  const responses = await Promise.all(
    ["wav", "speex", "ogg", "wav"].map((form) => ask(`/v1/voices/voice-1.${form}`)),
  );
  for (const response of responses) await bytesOf(response);
  const said = responses.map((response) => response.headers.get("cache-status")).sort();
  expect(said).toEqual([
    "hdvoice; fwd=uri-miss; stored",
    ...new Array<string>(3).fill("hdvoice; fwd=uri-miss; stored; collapsed"),
  ]);
  expect(wechat.calls({ path: "/cgi-bin/media/get/jssdk" })).toHaveLength(1);
});

it.each([
  ["source,wav", "wav", "hdvoice; fwd=uri-miss; stored", ["source"]],
  ["wav", "wav", "hdvoice; fwd=uri-miss; stored", ["wav"]],
  ["wav", "speex", "hdvoice; fwd=uri-miss", []],
  ["source", "wav", "hdvoice; fwd=uri-miss; stored", ["source"]],
])("with STORE_FORMATS=%s a .%s says '%s'", async (STORE_FORMATS, form, status, stored) => {
  bend({ settings: { STORE_FORMATS } });
  const response = await ask(`/v1/voices/voice-1.${form}`);
  await bytesOf(response);
  expect(response.headers.get("cache-status")).toBe(status);
  expect(await storedKeys()).toEqual(stored.map((name) => `voice/v1/${APP_ID}/voice-1/${name}`));
});
