/** A request to the simulator, read once: what it asks for and on whose behalf. */
import { plainAddress } from "./ip-allow-list.ts";

/** Where the Node server notes the caller's address; a pure Request has no socket to look at. */
export const CLIENT_IP_HEADER = "x-simulator-client-ip";

export interface IncomingCall {
  readonly method: string;
  /** The host that the caller meant; behind the Node server always the same one. */
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The JSON object in the body; null when there is none or it isn't one. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** The account meant: named in the call, or the owner of its access_token. */
  readonly appId: string | null;
  readonly mediaId: string | null;
  readonly accessToken: string | null;
  readonly clientIp: string;
  readonly nowMs: number;
  /** How many calls of the same account and path were under way when this one came. */
  readonly callsAhead: number;
  readonly signal: AbortSignal;
}

/** A request read, before it is known which calls are ahead of it. */
export type ReadCall = Omit<IncomingCall, "callsAhead">;

/** Reads the request; `ownerOf` tells whose access_token it carries, and null for a token never issued. */
export async function readCall(
  request: Request,
  nowMs: number,
  defaultClientIp: string,
  ownerOf: (accessToken: string) => string | null,
): Promise<ReadCall> {
  const url = new URL(request.url);
  const query = url.searchParams;
  const json = request.body === null ? null : parseObject(await request.text());
  const accessToken = query.get("access_token") || null;

  return {
    method: request.method,
    host: url.hostname,
    path: url.pathname,
    query,
    json,
    appId:
      query.get("appid") ||
      query.get("corpid") ||
      text(json, "appid") ||
      (accessToken && ownerOf(accessToken)),
    mediaId: query.get("media_id") || text(json, "media_id"),
    accessToken,
    clientIp: plainAddress(request.headers.get(CLIENT_IP_HEADER) ?? defaultClientIp),
    nowMs,
    signal: request.signal,
  };
}

/** A field of the JSON body; null when it is missing, empty or no text. */
export function text(json: IncomingCall["json"], field: string): string | null {
  const value = json?.[field];
  return typeof value === "string" && value !== "" ? value : null;
}

function parseObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
