import { describe, expect, it } from "vitest";
import { type RecordedIn, WechatClient } from "../../src/wechat/client.ts";
import { ERRCODES } from "../../src/wechat/errcodes.ts";
import type { AccessToken, TokenProvider } from "../../src/wechat/token/source.ts";
import type { Account } from "../../src/wechat/token/sources/registry.ts";
import { blocksOf, gather } from "../support/byte-streams.ts";
import { failureOf } from "../support/failing.ts";
import { voice } from "../support/fixtures.ts";
import { type Act, playTransport, silent, status, unreachable } from "../support/transport.ts";

const SPEEX = voice("short-half-second");
const ACCOUNT: Account = {
  appId: "wx1",
  source: "stable",
  secret: "app-secret",
  apiOrigins: ["https://a.test", "https://b.test"],
  tokenOrigin: "https://token.test",
};

const sound: Act = () => new Response(SPEEX, { headers: { "content-type": "voice/speex" } });
const errcode =
  (code: number, errmsg = "no"): Act =>
  () =>
    Response.json({ errcode: code, errmsg });

const tokenOf = (value: string): AccessToken => ({ value, expiresAtMs: Number.POSITIVE_INFINITY });

/** Hands out token-1, and the next one for whoever reports the present one. */
function countingTokens(): TokenProvider {
  let count = 1;
  return {
    get: async () => tokenOf(`token-${count}`),
    async rotate(rejected) {
      if (rejected === `token-${count}`) count++;
      return tokenOf(`token-${count}`);
    },
  };
}

function play(acts: readonly Act[], tokens = countingTokens()) {
  // Long enough for a busy machine to read a body that is there.
  const transport = playTransport(acts, { answerTimeoutMs: 40, stallTimeoutMs: 40 });
  const client = new WechatClient(ACCOUNT, tokens, transport);
  const asked = () =>
    transport.requests.map(({ url }) => `${url.host} ${url.searchParams.get("access_token")}`);
  const getVoice = (recordedIn: RecordedIn, mediaId = "media-1") =>
    client.getVoice(mediaId, recordedIn, transport.deadline);
  return { transport, getVoice, asked };
}

describe("a voice", () => {
  it("is asked for as getHDVoice wants it, and comes as it is", async () => {
    const { getVoice, transport } = play([sound]);
    const media = await getVoice("page", "media-1_x");
    expect(await gather(blocksOf(media))).toEqual(SPEEX);
    expect(transport.requests.map(({ url }) => url.href)).toEqual([
      "https://a.test/cgi-bin/media/get/jssdk?access_token=token-1&media_id=media-1_x",
    ]);
    expect(transport.requests[0]?.headers.get("accept-encoding")).toBe("identity");
  });

  it("of a chat is asked for at the other download", async () => {
    const { getVoice, transport } = play([sound]);
    await getVoice("chat");
    expect(transport.requests[0]?.url.pathname).toBe("/cgi-bin/media/get");
  });

  it("is asked for with whatever is in the token, unchanged", async () => {
    const token = "a+b/c=&media_id=other#%";
    const { getVoice, transport } = play([sound], {
      get: async () => tokenOf(token),
      rotate: async () => tokenOf(token),
    });
    await getVoice("page");
    const query = transport.requests[0]?.url.searchParams;
    expect([query?.getAll("access_token"), query?.getAll("media_id")]).toEqual([[token], ["media-1"]]);
  });
});

describe("a refused token", () => {
  it.each([40001, 40014, 42001])("(%d) is reported, and the call repeated with the new one", async (code) => {
    const { getVoice, asked } = play([errcode(code), sound]);
    const media = await getVoice("page");
    expect(await gather(blocksOf(media))).toEqual(SPEEX);
    expect(asked()).toEqual(["a.test token-1", "a.test token-2"]);
  });

  it("is not reported a second time", async () => {
    const { getVoice, asked } = play([errcode(40001), errcode(42001)]);
    const error = await failureOf(getVoice("page"));
    expect(error).toMatchObject({ code: "wechat-credential", wechat: { errcode: 42001 } });
    expect(asked()).toEqual(["a.test token-1", "a.test token-2"]);
  });

  it("may be followed by any other failure", async () => {
    const { getVoice } = play([errcode(40001), errcode(40007)]);
    expect(await failureOf(getVoice("page"))).toMatchObject({ code: "voice-not-found" });
  });
});

describe("an errcode", () => {
  it.each([
    [40007, "voice-not-found"],
    [45009, "rate-limited"],
    [48001, "wechat-permission"],
    [40164, "wechat-ip-not-allowed"],
    [99_999, "wechat-refused"],
  ])("%d is final: %s", async (code, ours) => {
    const { getVoice, asked } = play([errcode(code)]);
    expect(await failureOf(getVoice("page"))).toMatchObject({ code: ours });
    expect(asked()).toHaveLength(1);
  });

  it("that means busy is not: the call is repeated, at the same host", async () => {
    const { getVoice, asked } = play([errcode(-1), errcode(-1), sound]);
    await getVoice("page");
    expect(asked()).toEqual(["a.test token-1", "a.test token-1", "a.test token-1"]);
  });

  it("of the table is worth the same call again only where it means busy, and another token only where that is refused", async () => {
    const times = new Map<number, number>();
    for (const code of [...Object.keys(ERRCODES).map(Number), 99_999]) {
      const { getVoice, asked } = play(new Array<Act>(9).fill(errcode(code)));
      await failureOf(getVoice("page"));
      if (asked().length !== 1) times.set(code, asked().length);
    }
    expect(times).toEqual(
      new Map([
        [40001, 2],
        [40014, 2],
        [42001, 2],
        [-1, 3],
      ]),
    );
  });

  it("that means busy for good is told in WeChat's words", async () => {
    const { getVoice, asked } = play([errcode(-1), errcode(-1), errcode(-1, "system error")]);
    const error = await failureOf(getVoice("page"));
    expect(error).toMatchObject({
      code: "wechat-unavailable",
      wechat: { errcode: -1 },
      retryAfterSeconds: 10,
    });
    expect(asked()).toHaveLength(3);
  });
});

describe("a host that fails", () => {
  const page: Act = () => new Response("<html>", { headers: { "content-type": "text/html" } });
  const stalled: Act = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }));
  const broken: Act = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) }));

  it.each<[string, Act]>([
    ["in the network", unreachable],
    ["by silence", silent],
    ["with a 500", status(500)],
    ["with a web page", page],
    ["by silence inside its answer", stalled],
    ["inside its answer", broken],
  ])("%s is asked three times, then the next one", async (_, act) => {
    const { getVoice, asked } = play([act, act, act, sound]);
    const media = await getVoice("page");
    expect(await gather(blocksOf(media))).toEqual(SPEEX);
    expect(asked()).toEqual(["a.test token-1", "a.test token-1", "a.test token-1", "b.test token-1"]);
  });

  it.each<[string, Act]>([
    ["can't be reached", unreachable],
    ["is silent", silent],
    ["is silent inside", stalled],
    ["breaks", broken],
    ["answers 503", status(503, "at https://x.test/?access_token=token-1")],
    ["redirects", status(302, null)],
    ["sends a page", page],
    ["quotes the token", errcode(-1, "bad access_token=token-1 at https://x.test/")],
  ])("is told without token and URL when it %s", async (_, act) => {
    const { getVoice } = play(new Array<Act>(6).fill(act));
    const { message, operatorDetail } = await failureOf(getVoice("page"));
    expect(`${message} ${operatorDetail}`).not.toMatch(/token-1|https?:|access_token|media-1|app-secret/);
  });
});

it("a token that can't be had is the failure", async () => {
  const tokens: TokenProvider = {
    get: async () => Promise.reject(new Error("no token")),
    rotate: async () => tokenOf("never"),
  };
  await expect(play([], tokens).getVoice("page")).rejects.toThrow("no token");
});
