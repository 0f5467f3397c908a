/** Every errcode that an SDK can get from this gateway, each brought about by a request. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { WECHAT_CALLS } from "../../src/api/compat.ts";
import * as known from "../support/accounts.ts";
import { call, give, giveToken, tokenQuery, VOICE_PATH } from "../support/compat.ts";
import { voice } from "../support/fixtures.ts";
import { jsonOf, said, wechat } from "../support/gateway.ts";
import { fetchApp } from "../support/worker.ts";
import { letPass, withoutBackoff } from "../support/world.ts";

const SPEEX = voice("short-half-second");
const RID = "[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}";

interface Refused {
  errcode: number;
  errmsg: string;
}

/** The refusal, once everything is right that every refusal has. */
async function refusalIn(response: Response): Promise<Refused> {
  const refused = await jsonOf<Refused>(response);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("content-disposition")).toBeNull();
  expect(Object.keys(refused)).toEqual(["errcode", "errmsg"]);
  expect(refused.errmsg).toMatch(new RegExp(`^.+ rid: ${RID}$`));
  return refused;
}

/** Asks for a voice that is there, with a good token, but for what is changed. */
async function askVoice(change: Record<string, string | null> = {}, init: RequestInit = {}) {
  wechat.addRecording(known.APP_ID, "voice-1", SPEEX);
  const query = { access_token: await giveToken(), media_id: "voice-1", ...change };
  const kept = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  return call(VOICE_PATH, Object.fromEntries(kept), init);
}

function askToken(change: Record<string, string | null> = {}, init: RequestInit = {}) {
  const query = { ...tokenQuery(), ...change };
  const kept = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== null);
  return call("/cgi-bin/token", Object.fromEntries(kept), init);
}

const postStable = (body: string) => call("/cgi-bin/stable_token", {}, { method: "POST", body });
const stableWith = (change: object) => postStable(JSON.stringify({ ...tokenQuery(), ...change }));
const corp = (query: Record<string, string>) => call("/cgi-bin/gettoken", query);

const refusing = (errcode: number, more: object = {}) => {
  withoutBackoff();
  wechat.misbehave({ kind: "errcode", errcode, path: VOICE_PATH, ...more });
  return askVoice({ media_id: "voice-cold" });
};

const unreachable = () => {
  withoutBackoff();
  wechat.misbehave({ kind: "network-failure" });
  return askVoice();
};

describe("a call is refused", () => {
  it.each<[string, number, string, () => Promise<Response>]>([
    ["without a token", 41001, "access_token missing", () => askVoice({ access_token: null })],
    ["with an empty token", 41001, "access_token missing", () => askVoice({ access_token: "" })],
    [
      "with a token of WeChat's own",
      40001,
      "invalid credential",
      () => askVoice({ access_token: `68_${"x".repeat(130)}` }),
    ],
    [
      "with an API key in the token's place",
      40001,
      "invalid credential",
      () => askVoice({ access_token: known.COMPAT_KEY }),
    ],
    [
      "with a token that somebody changed",
      40001,
      "invalid credential",
      async () => askVoice({ access_token: (await giveToken()).replace(known.APP_ID, known.OTHER_APP_ID) }),
    ],
    [
      "with a bad token and no media id: the token counts first",
      40001,
      "invalid credential",
      () => askVoice({ access_token: "nonsense", media_id: null }),
    ],
    ["without a media id", 41006, "media_id missing", () => askVoice({ media_id: null })],
    ["with a media id that has a blank", 40007, "invalid media_id", () => askVoice({ media_id: "voice 1" })],
    [
      "with a media id of 257 characters",
      40007,
      "invalid media_id",
      () => askVoice({ media_id: "x".repeat(257) }),
    ],
    [
      "for a voice that WeChat doesn't have",
      40007,
      "invalid media_id",
      () => askVoice({ media_id: "gone-1" }),
    ],
    ["in a form that there isn't", 40097, "invalid args", () => askVoice({ format: "mp3" })],
    [
      "in two forms at once",
      40097,
      "invalid args",
      () => askVoice({ media_id: "voice-1.ogg", format: "wav" }),
    ],
    ["by PUT", 43001, "require GET method", () => askVoice({}, { method: "PUT", body: "x" })],
    ["by DELETE", 43001, "require GET method", () => askVoice({}, { method: "DELETE" })],
    [
      "for a path that there isn't",
      40066,
      "invalid url",
      () => call("/cgi-bin/user/info", { access_token: "x" }),
    ],
    ["for nothing", 40066, "invalid url", () => call("/cgi-bin")],
    ["for a token without a grant_type", 40002, "invalid grant_type", () => askToken({ grant_type: null })],
    [
      "for a token of another grant_type",
      40002,
      "invalid grant_type",
      () => askToken({ grant_type: "authorization_code" }),
    ],
    ["for a token without an appid", 41002, "appid missing", () => askToken({ appid: null })],
    ["for a token without a secret", 41004, "appsecret missing", () => askToken({ secret: null })],
    [
      "for a token of an unknown appid",
      40013,
      "invalid appid",
      () => askToken({ appid: "wx0000000000000000" }),
    ],
    ["for a token of no appid at all", 40013, "invalid appid", () => askToken({ appid: "not/an appid" })],
    [
      "for a token with a wrong secret",
      40125,
      "invalid appsecret",
      () => askToken({ secret: "0123456789abcdef0123456789abcdef" }),
    ],
    [
      "for a token of an unknown appid with a wrong secret: whether it is there stays untold",
      40125,
      "invalid appsecret",
      () => askToken({ appid: "wx0000000000000000", secret: "wrong" }),
    ],
    [
      "for a token with WeChat's own AppSecret",
      40125,
      "invalid appsecret",
      () => askToken({ secret: "app-secret-that-no-gateway-takes" }),
    ],
    [
      "for a token of an account that the key may not use",
      40013,
      "invalid appid",
      () => askToken({ secret: known.OTHER_COMPAT_KEY }),
    ],
    [
      "for a token with a key without the scope",
      48001,
      "api unauthorized",
      () => askToken({ secret: known.READER_KEY }),
    ],
    [
      "for a stable token by GET",
      43002,
      "require POST method",
      () => call("/cgi-bin/stable_token", tokenQuery()),
    ],
    ["for a stable token without a body", 40002, "invalid grant_type", () => postStable("")],
    [
      "for a stable token by a form",
      40002,
      "invalid grant_type",
      () => postStable(new URLSearchParams(tokenQuery()).toString()),
    ],
    [
      "for a stable token by broken JSON",
      47001,
      "data format error",
      () => postStable('{"grant_type":"client_credential",'),
    ],
    ["for a stable token by a list", 40002, "invalid grant_type", () => postStable("[]")],
    [
      "for a stable token by a body that is too long",
      47001,
      "data format error",
      () => stableWith({ more: "x".repeat(5_000) }),
    ],
    [
      "for a stable token by bytes that are no text",
      40097,
      "invalid args",
      () => call("/cgi-bin/stable_token", {}, { method: "POST", body: new Uint8Array([0x7b, 0xff]) }),
    ],
    ["for a stable token without an appid", 41002, "appid missing", () => stableWith({ appid: undefined })],
    [
      "for a stable token of an appid that is a number",
      41002,
      "appid missing",
      () => stableWith({ appid: 7 }),
    ],
    ["for a stable token without a secret", 41004, "appsecret missing", () => stableWith({ secret: "" })],
    [
      "for a stable token with a wrong secret",
      40125,
      "invalid appsecret",
      () => stableWith({ secret: "wrong" }),
    ],
    [
      "for WeCom's token without a corpid",
      41002,
      "appid missing",
      () => corp({ corpsecret: known.COMPAT_KEY }),
    ],
    ["for WeCom's token without a secret", 41004, "appsecret missing", () => corp({ corpid: known.CORP_ID })],
    [
      "for WeCom's token with a wrong secret",
      40125,
      "invalid appsecret",
      () => corp({ corpid: known.CORP_ID, corpsecret: "wrong" }),
    ],
    [
      "for WeCom's token of an Official Account",
      40013,
      "invalid appid",
      () => corp({ corpid: known.APP_ID, corpsecret: known.COMPAT_KEY }),
    ],
    ["where WeChat is busy for good", -1, "system error", () => refusing(-1)],
    [
      "where WeChat's daily quota is used up",
      45009,
      "reach max api daily quota limit",
      () => refusing(45009),
    ],
    [
      "where WeChat's quota a minute is used up",
      45011,
      "api minute-quota reach limit",
      () => refusing(45011),
    ],
    ["where the account may not call getHDVoice", 48001, "api unauthorized", () => refusing(48001)],
    [
      "where a platform lacks the permission set",
      61007,
      "api is unauthorized to component",
      () => refusing(61007),
    ],
    ["where WeChat refuses the gateway's address", 40164, "invalid ip", () => refusing(40164)],
    ["where WeChat refuses every token of the gateway's", 48001, "api unauthorized", () => refusing(40001)],
    ["where the AppSecret is frozen", 48001, "api unauthorized", () => refusing(40243)],
    ["where WeChat can't be reached", -1, "system error", unreachable],
  ])("%s: %i", async (_, errcode, words, provoke) => {
    const refused = await refusalIn(await provoke());
    expect(refused.errcode).toBe(errcode);
    expect(refused.errmsg.startsWith(words)).toBe(true);
  });

  it("with a token that has expired: 42001, until another is asked for", async () => {
    const { access_token, expires_in } = await give();
    letPass((expires_in + 61) * 1000);
    expect(await refusalIn(await askVoice({ access_token }))).toMatchObject({ errcode: 42001 });
    expect((await askVoice()).headers.get("content-type")).toBe("voice/speex");
  });

  it.each<[string, (keys: Record<string, unknown>[]) => unknown[], number]>([
    ["removed", (keys) => keys.filter(({ id }) => id !== "compat"), 40125],
    [
      "without its scope",
      (keys) => keys.map((key) => (key.id === "compat" ? { ...key, scopes: ["voices:read"] } : key)),
      48001,
    ],
    [
      "bound to another account",
      (keys) => keys.map((key) => (key.id === "compat" ? { ...key, apps: [known.OTHER_APP_ID] } : key)),
      40013,
    ],
    [
      "another one under its id",
      (keys) => keys.map((key) => (key.id === "compat" ? { ...key, sha256: "0".repeat(64) } : key)),
      40125,
    ],
  ])(
    "once its API key is %s: its token at once by 40001, then the request for another",
    async (_, change, errcode) => {
      const access_token = await giveToken();
      const settings = {
        ...env,
        API_KEYS: JSON.stringify(change(JSON.parse(env.API_KEYS ?? "[]"))),
      } as typeof env;
      const under = (path: string, query: Record<string, string>) =>
        fetchApp(new Request(`https://hdvoice.test${path}?${new URLSearchParams(query)}`), settings);
      const withToken = await under(VOICE_PATH, { access_token, media_id: "voice-1" });
      expect(await refusalIn(withToken)).toMatchObject({ errcode: 40001 });
      expect(await refusalIn(await under("/cgi-bin/token", tokenQuery()))).toMatchObject({ errcode });
    },
  );

  it.each([
    ["LINK_KEYS is empty", { LINK_KEYS: "" }, "LINK_KEYS is empty"],
    ["a setting is wrong", { API_KEYS: "[" }, "API_KEYS"],
  ])("while %s: -1, and its words name the setting", async (_, change, words) => {
    const settings = { ...env, ...change } as typeof env;
    const request = new Request(`https://hdvoice.test/cgi-bin/token?${new URLSearchParams(tokenQuery())}`);
    const refused = await refusalIn(await fetchApp(request, settings));
    expect(refused.errcode).toBe(-1);
    expect(refused.errmsg).toContain(words);
  });

  it("by a status only where the request has a range or a condition that can't be met", async () => {
    const behind = await askVoice({}, { headers: { range: "bytes=999999-" } });
    expect(behind.status).toBe(416);
    expect(behind.headers.get("content-range")).toBe(`bytes */${SPEEX.length}`);
    expect(await jsonOf(behind)).toMatchObject({ errcode: 40097 });
    const other = await askVoice({}, { headers: { "if-match": '"another"' } });
    expect(other.status).toBe(412);
    expect(await jsonOf(other)).toMatchObject({ errcode: 40097 });
  });

  it("in WAV where the voice is none that we decode, or too long: 40005, 40006", async () => {
    wechat.addRecording(known.APP_ID, "voice-amr", new TextEncoder().encode(`#!AMR\n${"<".repeat(32 * 50)}`));
    expect(await refusalIn(await askVoice({ media_id: "voice-amr", format: "wav" }))).toMatchObject({
      errcode: 40005,
    });
    const long = new Uint8Array(SPEEX.length * 602);
    for (let at = 0; at < long.length; at += SPEEX.length) long.set(SPEEX, at);
    wechat.addRecording(known.APP_ID, "voice-long", long);
    expect(await refusalIn(await askVoice({ media_id: "voice-long" }))).toMatchObject({ errcode: 40006 });
  });

  it("by HEAD without a body", async () => {
    const response = await askVoice({ media_id: "gone-1" }, { method: "HEAD" });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe("");
  });
});

describe("the rid", () => {
  const logged = () => said.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));

  it("begins with the second of the request, and finds the request in the log", async () => {
    const response = await askVoice({ access_token: "nonsense" });
    const { errmsg } = await refusalIn(response);
    const rid = errmsg.slice(-26);
    expect(Number.parseInt(rid.slice(0, 8), 16)).toBeCloseTo(Date.now() / 1000, -2);
    expect(response.headers.get("x-request-id")).toBe(rid);
    expect(logged().filter(({ requestId }) => requestId === rid)).toMatchObject([
      { path: VOICE_PATH, code: "unauthorized" },
    ]);
  });

  it("is WeChat's own where WeChat said no, which the log has too", async () => {
    const { errmsg } = await refusalIn(await askVoice({ media_id: "gone-1" }));
    const rid = errmsg.slice(-26);
    expect(logged().find(({ wechat }) => wechat)).toMatchObject({ wechat: { errcode: 40007, rid } });
  });

  it("is the name that the client gave, as everywhere", async () => {
    const response = await askVoice({ access_token: "nonsense" }, { headers: { "x-request-id": "job-7" } });
    expect((await jsonOf<Refused>(response)).errmsg).toMatch(/ rid: job-7$/);
  });
});

it("asks for a good call's parameters in WeChat's order", async () => {
  for (const { path, methods, takes, required } of Object.values(WECHAT_CALLS)) {
    const given: Record<string, string> = { access_token: await giveToken() };
    for (const [name, errcode] of Object.entries(required)) {
      const method = methods[0] ?? "GET";
      const init = takes === "json" ? { method, body: JSON.stringify(given) } : { method };
      expect(await refusalIn(await call(`/cgi-bin${path}`, given, init))).toMatchObject({ errcode });
      given[name] = name === "grant_type" ? "client_credential" : "x";
    }
  }
});
