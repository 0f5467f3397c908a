/**
 * The Worker under test with a WeChat stand-in in place of the outside world. Everything that the Worker says, in
 * answers and in logs, is searched for secrets after each test (setup.ts).
 */
import { env, exports } from "cloudflare:workers";
import { createSimulator } from "../../tools/simulator/simulator.ts";
import * as known from "./accounts.ts";
import { asFetched } from "./byte-streams.ts";
import { voicesSettled } from "./keepers.ts";
import { noteUndeclared } from "./undeclared.ts";
import { bend, world } from "./world.ts";

export const wechat = createSimulator({
  now: world.nowMs,
  transcriberKey: known.TRANSCRIBER_KEY,
  accounts: [
    { appId: known.APP_ID, secret: known.APP_SECRET },
    { appId: known.OTHER_APP_ID, secret: known.OTHER_APP_SECRET },
    { appId: known.CLASSIC_APP_ID, secret: known.SOURCE_SECRET },
    { appId: known.CORP_ID, secret: known.SOURCE_SECRET, kind: "work" },
    { appId: known.REMOTE_APP_ID, secret: "kept by the estate's own token server" },
    { appId: known.PUSHED_APP_ID, secret: "kept by whoever pushes" },
    { appId: known.CLOUD_APP_ID, secret: "never used" },
    { appId: known.CLOUD_TOKEN_APP_ID, secret: "never used" },
    { appId: known.MERCHANT_APP_ID, secret: "the merchant's own" },
    { appId: known.LISTED_MERCHANT_APP_ID, secret: "the merchant's own" },
  ],
  platforms: [
    {
      appId: known.PLATFORM_ID,
      secret: known.PLATFORM_SECRET,
      push: { ...known.PLATFORM_PUSH, url: `https://hdvoice.test/wechat/push/${known.PLATFORM_ID}` },
      // Stricter than WeChat is known to be, so that a refresh token that is lost shows.
      refreshTokens: "rotate",
    },
  ],
});

const WECHAT_HOSTS = new Set(["api.weixin.qq.com", "api2.weixin.qq.com", "qyapi.weixin.qq.com"]);

/** What answers at hosts that aren't WeChat's, in this test. */
export const otherHosts = new Map<string, (request: Request) => Response | Promise<Response>>();

/** Hosts that can't be reached, as far as this test goes. */
export const unreachableHosts = new Set<string>();
/** Tokens that the stand-in has handed out in this test. */
export const issuedTokens = new Set<string>();
/** Everything that the Worker has said in this test. */
export const said: string[] = [];

/** Hosts that the Worker has asked in this test, in order. */
export const askedHosts: string[] = [];

/** Lets the stand-in answer what the Worker fetches. Any other host is an error, loudly. */
export function mountWechat(): void {
  bend({
    async fetch(url, init) {
      const request = new Request(url, init);
      return asFetched(await answerTo(request));
    },
  });
}

async function answerTo(request: Request): Promise<Response> {
  const { url } = request;
  const { host, searchParams } = new URL(url);
  askedHosts.push(host);
  const other = otherHosts.get(host);
  if (other) return other(request);
  if (host === known.TRANSCRIBER_HOST) return wechat.transcriber.handle(request);
  if (!WECHAT_HOSTS.has(host)) throw new Error(`unexpected request to ${url}`);
  if (unreachableHosts.has(host)) throw new TypeError(`cannot connect to ${url}`);
  const token = searchParams.get("access_token");
  if (token) issuedTokens.add(token);
  return wechat.handle(request);
}

/** One request to the Worker by its default export, with the reader's key unless `headers` says otherwise. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) headers.set("authorization", `Bearer ${known.READER_KEY}`);
  if (headers.get("authorization") === "none") headers.delete("authorization");
  const url = `https://hdvoice.test${path}`;
  const response = await exports.default.fetch(url, { ...init, headers });
  await noteUndeclared(url, init.method ?? "GET", response);
  said.push(`${response.status} ${[...response.headers].map((pair) => pair.join(": ")).join("\n")}`);
  return response;
}

/** The body as text, remembered for the search for secrets. */
export async function textOf(response: Response): Promise<string> {
  // Not text(), which warns of subtitles: their type is none of text/*.
  const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(
    await response.arrayBuffer(),
  );
  said.push(text);
  return text;
}

export async function jsonOf<T = Record<string, unknown>>(response: Response): Promise<T> {
  return JSON.parse(await textOf(response)) as T;
}

export async function bytesOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  said.push(new TextDecoder("latin1").decode(bytes));
  return bytes;
}

/** Keys of everything that is stored (the first thousand), once all background work of earlier requests is done. */
export async function storedKeys(prefix = ""): Promise<string[]> {
  await voicesSettled();
  const { objects } = await env.VOICES.list({ prefix });
  return objects.map((object) => object.key);
}
