import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MisbehaviourRule } from "../../../tools/simulator/simulator.ts";
import { MOUNTS, type Mounted, mount, RECORDING } from "./mount.ts";

const DESKS = ["official", "work"] as const;
const DOWNLOADS = ["/cgi-bin/media/get/jssdk", "/cgi-bin/media/get"] as const;
const VARIANTS = MOUNTS.flatMap((where) => DESKS.map((desk) => ({ where, desk })));

let wechat: Mounted;
afterEach(() => wechat.close());

describe.each(VARIANTS)("the body and its headers, $where, $desk:", ({ where, desk }) => {
  beforeEach(async () => {
    wechat = await mount(where, desk);
  });
  const misbehave = (...rules: MisbehaviourRule[]) => rules.forEach(wechat.simulator.misbehave);
  const refusal = (path?: string) => wechat.media({ mediaId: "unknown", ...(path && { path }) });

  it.each([
    "text/plain",
    "text/html; charset=utf-8",
    "application/json",
    "audio/x-speex-with-header-byte; rate=16000",
    null,
  ])("sends a voice as %s from both downloads, and its bytes as ever", async (contentType) => {
    misbehave({ kind: "content-type", contentType });
    for (const path of DOWNLOADS) {
      const response = await wechat.media({ path });
      expect(response.headers.get("content-type")).toBe(contentType);
      expect(await response.bytes()).toEqual(RECORDING);
    }
  });

  it("sends an error as a voice, as a file of that name, and no voice as anything else", async () => {
    misbehave(
      { kind: "content-type", contentType: "voice/speex", of: "error" },
      { kind: "attachment", filename: "m1.speex" },
    );
    for (const path of DOWNLOADS) {
      const response = await refusal(path);
      expect(response.headers.get("content-type")).toBe("voice/speex");
      expect(response.headers.get("content-disposition")).toBe('attachment; filename="m1.speex"');
      expect(await response.json()).toMatchObject({ errcode: 40007 });
    }
    expect(await (await wechat.media()).bytes()).toEqual(RECORDING);
  });

  it("packs an error with gzip: Content-Length counts what travels, fetch gives the text", async () => {
    misbehave({ kind: "gzip", of: "error" });
    for (const path of DOWNLOADS) {
      const response = await refusal(path);
      expect(response.headers.get("content-encoding")).toBe("gzip");
      const lengthBytes = Number(response.headers.get("content-length"));
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ errcode: 40007 });
      expect(lengthBytes).not.toBe(text.length);
    }
    const voice = await wechat.media();
    expect(voice.headers.get("content-encoding")).toBeNull();
    await voice.bytes();
  });

  it("packs a voice too, and one that is cut inside the packed bytes doesn't come whole", async () => {
    misbehave({ kind: "gzip", of: "recording" });
    expect(await (await wechat.media()).bytes()).toEqual(RECORDING);
    misbehave({ kind: "cut", afterBytes: 20 });
    await expect((await wechat.media()).bytes()).rejects.toThrow();
  });

  it.each(["\uFEFF", "\r\n\r\n", " \t ", "\uFEFF\r\n "])("puts %j in front of an error", async (prefix) => {
    misbehave({ kind: "error-prefix", prefix });
    for (const path of DOWNLOADS) {
      // Not text(): that would take the byte order mark away.
      const body = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await (await refusal(path)).bytes());
      expect(body.startsWith(`${prefix}{"errcode":40007`)).toBe(true);
    }
  });

  it("puts it in front of a token answer where asked to", async () => {
    misbehave({ kind: "error-prefix", prefix: "\r\n", of: "data" });
    expect(await (await wechat.token()).text()).toMatch(/^\r\n\{/);
  });

  it("writes numbers as text, in errors and in token answers", async () => {
    misbehave({ kind: "numbers-as-text" });
    expect(await (await refusal()).json()).toMatchObject({ errcode: "40007" });
    expect(await (await wechat.token()).json()).toMatchObject({ expires_in: "7200" });
    expect(await (await wechat.media()).bytes()).toEqual(RECORDING);
  });

  it.each([
    ["1e20", 1e20],
    ["1e400", Number.POSITIVE_INFINITY],
    ["0.4", 0.4],
    ["-1", -1],
    ['"7200"', "7200"],
    ["null", null],
    ["", undefined],
  ])("answers expires_in %s to a token call, and the token works", async (json, value) => {
    misbehave({ kind: "expires-in", json });
    const answer = (await (await wechat.token()).json()) as { access_token: string; expires_in?: unknown };
    expect(answer.expires_in).toBe(value);
    const voice = await wechat.ask(
      `/cgi-bin/media/get/jssdk?access_token=${answer.access_token}&media_id=m1`,
    );
    expect(await voice.bytes()).toEqual(RECORDING);
  });

  it.each([
    ["video-url", /^\{"video_url":"http:[^"]+"\}$/],
    ["ok-without-media", /^\{"errcode":0,"errmsg":"ok"\}$/],
    ["html-page", /^<!DOCTYPE html>/],
  ] as const)("answers %s where a voice was to come", async (kind, body) => {
    misbehave({ kind });
    for (const path of DOWNLOADS) {
      const response = await wechat.media({ path });
      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(body);
    }
  });

  it("answers any text as any type", async () => {
    misbehave({ kind: "body", text: '{"errcode":"40007x"}', contentType: "voice/speex", times: 1 });
    const response = await wechat.media();
    expect(response.headers.get("content-type")).toBe("voice/speex");
    expect(await response.text()).toBe('{"errcode":"40007x"}');
    misbehave({ kind: "body", text: "", contentType: null });
    const empty = await wechat.token();
    expect(empty.headers.get("content-type")).toBeNull();
    expect(await empty.text()).toBe("");
  });

  it.each([46001, 40005, 301002, 60011, 40082, 42009])(
    "refuses with %i, in the desk's words",
    async (errcode) => {
      misbehave({ kind: "errcode", errcode });
      const response = await wechat.media();
      const { errmsg, ...rest } = (await response.json()) as { errcode: number; errmsg: string };
      expect(rest).toEqual({ errcode });
      expect(response.headers.get("error-code")).toBe(desk === "work" ? String(errcode) : null);
      expect(errmsg).toMatch(desk === "work" ? /more info at https:\/\/open\.work/ : / rid: /);
    },
  );
});
