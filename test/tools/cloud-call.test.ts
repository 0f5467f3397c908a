/** The one file that a cloud function needs, against a gateway of which each answer is written down. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const cloud = createRequire(import.meta.url)("../../tools/cloud-call/hdvoice-cloud.cjs");
const SPEEX = Buffer.from([0x36, 0x9d, 0x01, 0x00, 0xff]);
const SECRET = "hdv_cloud_secret-that-must-never-leak";
const API = "openapi.officialAccount.media.getFromJSSDK";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (body: object): Answer =>
  (_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  };
const voice: Answer = (_, response) => {
  response.setHeader("content-type", "voice/speex");
  response.end(SPEEX);
};
const token = (value: string, expires_in = 7_140) => json({ access_token: value, expires_in });

let server: ReturnType<typeof createServer>;
let origin: string;
let tokens: Answer[];
let voices: Answer[];
/** Path, query and body of each request so far. */
let asked: { path: string; query: Record<string, string>; body: string }[];

beforeEach(async () => {
  tokens = [];
  voices = [];
  asked = [];
  const listener: RequestListener = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://gateway.test");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({
      path: pathname,
      query: Object.fromEntries(searchParams),
      body: Buffer.concat(chunks).toString(),
    });
    const answers = pathname === "/cgi-bin/stable_token" ? tokens : voices;
    const answer = answers.shift();
    if (answer) answer(request, response);
    else response.writeHead(500).end("one request too many");
  };
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cloud.init({ origin: `${origin}/`, secret: SECRET, appid: "wx1" });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const fetchVoice = (parameters: object = { mediaId: "voice-1" }) =>
  cloud.openapi.officialAccount.media.getFromJSSDK(parameters);

async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(cloud.CloudSDKError);
  const { errCode, errMsg, message } = error as { errCode: number; errMsg: string; message: string };
  expect(message).toContain(errMsg);
  expect(`${message} ${(error as Error).stack}`).not.toMatch(/hdv_cloud|token-\d/);
  return { errCode, errMsg };
}

describe("getFromJSSDK", () => {
  it("resolves to what WeChat's SDK resolves to", async () => {
    tokens.push(token("token-1"));
    voices.push(voice);
    expect(await fetchVoice()).toEqual({
      contentType: "voice/speex",
      buffer: SPEEX,
      errMsg: `${API}:ok`,
      errCode: 0,
    });
    expect(asked).toEqual([
      {
        path: "/cgi-bin/stable_token",
        query: {},
        body: JSON.stringify({ grant_type: "client_credential", appid: "wx1", secret: SECRET }),
      },
      { path: "/cgi-bin/media/get/jssdk", query: { access_token: "token-1", media_id: "voice-1" }, body: "" },
    ]);
  });

  it("asks for another form, and for another account", async () => {
    tokens.push(token("token-1"));
    voices.push(voice);
    await cloud
      .openapi({ appid: "wx2" })
      .officialAccount.media.getFromJSSDK({ mediaId: "voice-1", format: "wav" });
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ appid: "wx2" });
    expect(asked[1]?.query).toEqual({ access_token: "token-1", media_id: "voice-1", format: "wav" });
  });

  it("keeps its token for all calls, also for those that begin together", async () => {
    tokens.push(token("token-1"));
    voices.push(voice, voice, voice);
    await Promise.all([fetchVoice(), fetchVoice()]);
    await fetchVoice();
    expect(asked.filter(({ path }) => path === "/cgi-bin/stable_token")).toHaveLength(1);
  });

  it("doesn't use a token in its last minute", async () => {
    tokens.push(token("token-1", 60), token("token-2"));
    voices.push(voice, voice);
    await fetchVoice();
    await fetchVoice();
    expect(asked.map(({ query }) => query.access_token)).toEqual([
      undefined,
      "token-1",
      undefined,
      "token-2",
    ]);
  });

  it.each([40001, 40014, 42001])(
    "replaces a token that is refused with %i, once for all calls",
    async (errcode) => {
      tokens.push(token("token-1"), token("token-2"));
      const refuse = json({ errcode, errmsg: "refused" });
      voices.push(refuse, refuse, voice, voice);
      const [first, second] = await Promise.all([fetchVoice(), fetchVoice()]);
      expect(first.buffer).toEqual(SPEEX);
      expect(second.buffer).toEqual(SPEEX);
      expect(asked.filter(({ path }) => path === "/cgi-bin/stable_token")).toHaveLength(2);
    },
  );
});

describe("a failure", () => {
  it("has WeChat's errcode and words", async () => {
    tokens.push(token("token-1"));
    voices.push(json({ errcode: 40007, errmsg: "invalid media_id rid: 1-2-3" }));
    expect(await failureOf(fetchVoice())).toEqual({
      errCode: 40007,
      errMsg: `${API}:fail invalid media_id rid: 1-2-3`,
    });
  });

  it("is told where the token is refused again, and nothing is asked a third time", async () => {
    tokens.push(token("token-1"), token("token-2"));
    voices.push(json({ errcode: 42001, errmsg: "expired" }), json({ errcode: 40001, errmsg: "invalid" }));
    expect(await failureOf(fetchVoice())).toMatchObject({ errCode: 40001 });
  });

  it("of the token call is told, and the next call asks anew", async () => {
    tokens.push(json({ errcode: 40125, errmsg: "invalid appsecret" }), token("token-1"));
    voices.push(voice);
    expect(await failureOf(fetchVoice())).toEqual({
      errCode: 40125,
      errMsg: `${API}:fail invalid appsecret`,
    });
    expect((await fetchVoice()).buffer).toEqual(SPEEX);
  });

  it.each<[string, Answer, string]>([
    ["a status", (_, response) => response.writeHead(502).end("bad gateway"), "the gateway answered 502"],
    [
      "a redirect, which is not followed",
      (_, response) => response.writeHead(302, { location: "http://evil.test/" }).end(),
      "the gateway answered 302",
    ],
    [
      "a body that breaks off",
      (_, response) => {
        response.writeHead(200, { "content-type": "voice/speex", "content-length": "100" });
        response.write("123");
        setImmediate(() => response.destroy());
      },
      "the gateway can't be reached: it broke off",
    ],
    [
      "a closed connection",
      (request) => request.socket.destroy(),
      "the gateway can't be reached: ECONNRESET",
    ],
  ])("is -1 at %s", async (_, answer, words) => {
    tokens.push(token("token-1"));
    voices.push(answer);
    expect(await failureOf(fetchVoice())).toEqual({ errCode: -1, errMsg: `${API}:fail ${words}` });
  });

  it("is -1 where a token call brings no token", async () => {
    tokens.push(json({}));
    expect(await failureOf(fetchVoice())).toMatchObject({ errCode: -1 });
  });

  it("is -1 before it is set up", async () => {
    cloud.init();
    expect(await failureOf(fetchVoice())).toEqual({
      errCode: -1,
      errMsg: `${API}:fail init() needs origin, secret and appid`,
    });
  });
});

it("takes what init is not told from the environment", async () => {
  process.env.HDVOICE_ORIGIN = origin;
  process.env.HDVOICE_KEY = SECRET;
  process.env.HDVOICE_APP_ID = "wx3";
  try {
    cloud.init();
    tokens.push(token("token-1"));
    voices.push(voice);
    expect((await fetchVoice()).buffer).toEqual(SPEEX);
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ appid: "wx3", secret: SECRET });
  } finally {
    for (const name of ["HDVOICE_ORIGIN", "HDVOICE_KEY", "HDVOICE_APP_ID"]) delete process.env[name];
  }
});
