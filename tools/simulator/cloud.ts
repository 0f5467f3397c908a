/**
 * WeChat's cloud hosting: calls from inside need no token, and `cloudbase_access_token` stands in for
 * `access_token` in a call from anywhere.
 * https://developers.weixin.qq.com/miniprogram/dev/wxcloudrun/src/guide/weixin/open.html
 */
import { WechatError } from "./errors.ts";

const TOKEN_LIFETIME_MS = 30 * 60_000;

/** A cloud environment: whose calls leave it, and which paths its owner has put on the allow-list. */
export interface CloudEnvironment {
  /** The first is meant where a call has no `from_appid`. */
  readonly appIds: readonly string[];
  readonly allowedPaths: readonly string[];
}

export interface CloudBook {
  issue(appId: string, nowMs: number): string;
  /** Throws 40001 or 42001 unless the token works now. Returns its account's appId. */
  check(value: string, nowMs: number): string;
}

export function createCloudBook(): CloudBook {
  const issued = new Map<string, { appId: string; expiresAtMs: number }>();
  return {
    issue(appId, nowMs) {
      const value = `cloudbase_${crypto.randomUUID().replaceAll("-", "")}${crypto.randomUUID()}`;
      issued.set(value, { appId, expiresAtMs: nowMs + TOKEN_LIFETIME_MS });
      return value;
    },
    check(value, nowMs) {
      const token = issued.get(value);
      if (!token) throw new WechatError(40001);
      if (nowMs >= token.expiresAtMs) throw new WechatError(42001);
      return token.appId;
    },
  };
}

/** A call to the origin inside: it adds what a call needs, and its sequence number to the answer. */
export async function inCloud(
  request: Request,
  { appIds, allowedPaths }: CloudEnvironment,
  book: CloudBook,
  nowMs: number,
  handle: (request: Request) => Promise<Response>,
): Promise<Response> {
  const url = new URL(request.url);
  const appId = url.searchParams.get("from_appid") ?? appIds[0] ?? "";
  const carriesToken = url.searchParams.has("access_token");
  if (carriesToken || !allowedPaths.includes(url.pathname) || !appIds.includes(appId)) {
    return new Response("simulated: not a call that this environment may make", { status: 502 });
  }
  url.hostname = "api.weixin.qq.com";
  url.searchParams.set("cloudbase_access_token", book.issue(appId, nowMs));
  const { method, headers, signal } = request;
  const response = await handle(new Request(url, { method, headers, signal }));
  response.headers.set("x-openapi-seqid", crypto.randomUUID());
  return response;
}
