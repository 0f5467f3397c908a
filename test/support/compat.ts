/** Calls in WeChat's manner, as an SDK sends them: no header of ours, everything in the query. */
import { APP_ID, COMPAT_KEY } from "./accounts.ts";
import { ask } from "./gateway.ts";

export const VOICE_PATH = "/cgi-bin/media/get/jssdk";

export interface Given {
  access_token: string;
  expires_in: number;
}

export function call(path: string, query: Record<string, string> = {}, init: RequestInit = {}) {
  const search = new URLSearchParams(query).toString();
  return ask(`${path}${search === "" ? "" : `?${search}`}`, {
    ...init,
    headers: { authorization: "none", ...init.headers },
  });
}

export const tokenQuery = (more: Record<string, string> = {}) => ({
  grant_type: "client_credential",
  appid: APP_ID,
  secret: COMPAT_KEY,
  ...more,
});

/** Read past the search for leaked tokens: here the token is the answer. */
export async function give(more: Record<string, string> = {}): Promise<Given> {
  return (await call("/cgi-bin/token", tokenQuery(more))).json<Given>();
}

export const giveToken = async (more: Record<string, string> = {}) => (await give(more)).access_token;
