/** Each header of each kind of answer, against what WeChat sends: its documentation for a voice, users' dumps for an error. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEMO_KEY, DEMO_SIGNING } from "../../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../../tools/simulator/demo-simulator.ts";
import { type Local, startLocal } from "../local.ts";
import { expiredToken } from "./expired-token.ts";
import { type RawAnswer, RawConnection } from "./raw-connection.ts";

const SPEEX = readFileSync("test/fixtures/voices/short-half-second.speex");
const MEDIA_PATH = "/cgi-bin/media/get/jssdk";
const RID = "[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}";
const APP_ID = DEMO_ACCOUNT.appId;
/** What every answer of this gateway has besides, and no SDK reads. */
const OURS = [
  "content-security-policy",
  "cross-origin-resource-policy",
  "referrer-policy",
  "strict-transport-security",
  "x-content-type-options",
  "x-request-id",
];

let local: Local;
let connection: RawConnection;
let token: string;
let count = 0;

beforeAll(async () => {
  local = await startLocal({ ...DEMO_SIGNING, JOB_BACKOFF_SECONDS: "0" });
  connection = new RawConnection(local.origin);
  const { body } = await connection.request("GET", tokenPath());
  token = (JSON.parse(body.toString()) as { access_token: string }).access_token;
});
afterAll(async () => {
  connection?.close();
  await local?.stop();
});
let mediaId: string;
beforeEach(() => {
  mediaId = `voice-${count++}`;
  local.record(mediaId, SPEEX);
});
afterEach(() => local.simulator.behave());

function tokenPath(change: Record<string, string> = {}, path = "/cgi-bin/token"): string {
  const query = { grant_type: "client_credential", appid: APP_ID, secret: DEMO_KEY, ...change };
  return `${path}?${new URLSearchParams(query)}`;
}

const voicePath = (id = mediaId, access_token = token) =>
  `${MEDIA_PATH}?access_token=${access_token}&media_id=${id}`;

/** All headers but those of every answer, in small letters: their spelling is the runtime's. */
function ownHeaders({ headers }: RawAnswer): Record<string, string> {
  const pairs = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  expect(pairs.map(([name]) => name)).toEqual(expect.arrayContaining(OURS));
  expect(new Set(pairs.map(([name]) => name)).size).toBe(pairs.length);
  return Object.fromEntries(pairs.filter(([name]) => !OURS.includes(name) && name !== "date"));
}

describe("a voice", () => {
  const AS_DOCUMENTED = () => ({
    "content-type": "voice/speex",
    "content-disposition": `attachment; filename="${mediaId}.speex"`,
    "cache-control": "no-cache, must-revalidate",
    "content-length": String(SPEEX.length),
  });
  const BESIDES = {
    "accept-ranges": "bytes",
    "cache-status": expect.stringMatching(/^hdvoice; (hit|fwd=uri-miss; stored)$/),
    etag: expect.stringMatching(/^"voice-\d+\.speex\.1"$/),
    "last-modified": expect.stringMatching(/GMT$/),
  };

  it.each([
    ["GET", "as documented", () => voicePath(), []],
    ["GET", "with two slashes", () => `/${voicePath()}`, []],
    [
      "GET",
      "in the other order, with a question mark",
      () => `${MEDIA_PATH}?media_id=${mediaId}&access_token=${token}?`,
      ["Accept: */*"],
    ],
    [
      "GET",
      "as an SDK with compression",
      () => voicePath(),
      ["Accept-Encoding: gzip, deflate, br", "User-Agent: Apache-HttpClient/4.5.13"],
    ],
    [
      "GET",
      "as an SDK that wants JSON",
      () => voicePath(),
      ["Accept: application/json", "Content-Type: application/json"],
    ],
    ["POST", "without a body", () => voicePath(), ["Content-Length: 0"]],
    ["HEAD", "as documented", () => voicePath(), []],
  ] as const)("%s %s has WeChat's headers", async (method, _, target, headers) => {
    const answer = await connection.request(method, target(), headers);
    expect(answer.statusLine).toBe("HTTP/1.1 200 OK");
    expect(ownHeaders(answer)).toEqual({ ...AS_DOCUMENTED(), ...BESIDES });
    expect(answer.body.equals(method === "HEAD" ? Buffer.alloc(0) : SPEEX)).toBe(true);
  });

  it("has a status of its own only where the request has a range or a condition", async () => {
    const part = await connection.request("GET", voicePath(), ["Range: bytes=0-59"]);
    expect(part.statusLine).toBe("HTTP/1.1 206 Partial Content");
    expect(ownHeaders(part)).toMatchObject({
      "content-length": "60",
      "content-range": `bytes 0-59/${SPEEX.length}`,
    });
    expect(part.body.equals(SPEEX.subarray(0, 60))).toBe(true);
  });
});

describe("a token", () => {
  it.each([
    ["GET", "/cgi-bin/token", ""],
    ["GET", "//cgi-bin//token", ""],
    [
      "POST",
      "/cgi-bin/stable_token?",
      `{"grant_type":"client_credential","appid":"${APP_ID}","secret":"${DEMO_KEY}"}`,
    ],
  ])("by %s %s has a type and a length", async (method, path, json) => {
    const target = json === "" ? tokenPath({}, path) : path;
    const answer = await connection.request(method, target, ["Content-Type: application/json"], json);
    expect(answer.statusLine).toBe("HTTP/1.1 200 OK");
    expect(ownHeaders(answer)).toEqual({
      "content-type": "application/json",
      "content-length": String(answer.body.length),
      "cache-control": "no-store",
    });
    expect(answer.body.toString()).toMatch(
      /^\{"access_token":"[A-Za-z0-9._-]+","expires_in":[1-9][0-9]{3}\}$/,
    );
  });
});

describe("an error", () => {
  const quota = (errcode: number) => () => {
    local.simulator.misbehave({ kind: "errcode", errcode, path: MEDIA_PATH });
    return connection.request("GET", voicePath());
  };
  const get = (target: () => string) => () => connection.request("GET", target());
  const post = (target: string, body: string) => () => connection.request("POST", target, [], body);

  it.each<[number, string, () => Promise<RawAnswer>]>([
    [
      40001,
      "invalid credential, access_token is invalid or not latest hint: [.+]",
      get(() => voicePath(mediaId, "x")),
    ],
    [40002, "invalid grant_type hint: [.+]", get(() => tokenPath({ grant_type: "password" }))],
    [40007, "invalid media_id hint: [.+]", get(() => voicePath("gone-1"))],
    [40007, "invalid media_id hint: [.+]", get(() => voicePath("a%20b"))],
    [40013, "invalid appid hint: [.+]", get(() => tokenPath({ appid: "wx0" }))],
    [40066, "invalid url hint: [.+]", get(() => "/cgi-bin/menu/get")],
    [40097, "invalid args hint: [.+]", get(() => `${voicePath()}&format=mp3`)],
    [40125, "invalid appsecret hint: [.+]", get(() => tokenPath({ secret: "wrong" }))],
    [41001, "access_token missing hint: [.+]", get(() => `${MEDIA_PATH}?media_id=${mediaId}`)],
    [41002, "appid missing hint: [.+]", get(() => tokenPath({ appid: "" }))],
    [41004, "appsecret missing hint: [.+]", get(() => tokenPath({ secret: "" }))],
    [41006, "media_id missing hint: [.+]", get(() => `${MEDIA_PATH}?access_token=${token}`)],
    [42001, "access_token expired hint: [.+]", get(() => voicePath(mediaId, expiredToken(APP_ID)))],
    [43001, "require GET method hint: [.+]", () => connection.request("PUT", voicePath(), [], "x")],
    [43002, "require POST method hint: [.+]", get(() => tokenPath({}, "/cgi-bin/stable_token"))],
    [45009, "reach max api daily quota limit hint: [.+]", quota(45009)],
    [45011, "api minute-quota reach limit, must slower retry next minute hint: [.+]", quota(45011)],
    [47001, "data format error hint: [.+]", post("/cgi-bin/stable_token", "{")],
    [48001, "api unauthorized hint: [.+]", quota(48001)],
    [-1, "system error hint: [.+]", quota(-1)],
  ])("%i is HTTP 200 and JSON: %s", async (errcode, words, provoke) => {
    const answer = await provoke();
    expect(answer.statusLine).toBe("HTTP/1.1 200 OK");
    const { "retry-after": retryAfter, "cache-status": _, ...headers } = ownHeaders(answer);
    expect(headers).toEqual({
      "content-type": "application/json",
      "content-length": String(answer.body.length),
      "cache-control": "no-store",
    });
    expect(retryAfter === undefined).toBe(![45009, 45011, -1].includes(errcode));
    const pattern = words.replace(/[[\]]/g, "\\$&");
    expect(answer.body.toString()).toMatch(
      new RegExp(`^\\{"errcode":${errcode},"errmsg":"${pattern} rid: ${RID}"\\}$`),
    );
  });
});
