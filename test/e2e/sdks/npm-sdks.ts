/** SDKs from npm. They are installed beside this file by `npm ci --prefix test/e2e/sdks`. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { CallFailed, type Sdk } from "./client.ts";

const load = createRequire(import.meta.url);
const missing = existsSync("test/e2e/sdks/node_modules") ? null : "npm ci --prefix test/e2e/sdks";
/** When a kept token ends, as far as the SDK knows. */
const LATER_MS = 3_600_000;

const coWechatApi: Sdk = {
  name: "co-wechat-api",
  missing,
  renewsByItself: true,
  connect(origin, { appId, secret, keptToken }) {
    const API = load("co-wechat-api");
    const api = new API(appId, secret);
    api.prefix = `${origin}/cgi-bin/`;
    if (keptToken) api.store = { accessToken: keptToken, expireTime: Date.now() + LATER_MS };
    return async (mediaId) => {
      try {
        const { accessToken } = await api.ensureAccessToken();
        return await api.request(
          `${api.prefix}media/get/jssdk?access_token=${accessToken}&media_id=${mediaId}`,
        );
      } catch (error) {
        const { code, message } = error as { code: number; message: string };
        throw new CallFailed(code, message);
      }
    };
  },
};

const wechatApi: Sdk = {
  name: "wechat-api",
  missing,
  // It repeats calls that were refused with 40001 alone, and with the same token.
  renewsByItself: false,
  connect(origin, { appId, secret, keptToken }) {
    const API = load("wechat-api");
    const api = new API(appId, secret);
    api.endpoint = origin;
    if (keptToken) api.store = { accessToken: keptToken, expireTime: Date.now() + LATER_MS };
    return (mediaId) =>
      new Promise((resolve, reject) => {
        api.getMedia(
          mediaId,
          (error: { code?: number; message: string } | null, data: Buffer & { errcode?: number }) => {
            if (error) reject(new CallFailed(error.code ?? data?.errcode ?? 0, error.message));
            else resolve(data);
          },
        );
      });
  },
};

const nodeEasywechat = (name: string, more: object): Sdk => ({
  name,
  missing,
  renewsByItself: false,
  connect(origin, { appId, secret, keptToken }) {
    const { OfficialAccount, CacheInterface } = load("node-easywechat");
    class Memory extends CacheInterface {
      readonly #values = new Map<string, unknown>();
      async get(key: string) {
        return this.#values.get(key) ?? keptToken ?? null;
      }
      async set(key: string, value: unknown) {
        this.#values.set(key, value);
        return true;
      }
      async has(key: string) {
        return this.#values.has(key);
      }
    }
    const app = new OfficialAccount({ app_id: appId, secret, http: { baseURL: `${origin}/` }, ...more });
    app.setCache(new Memory());
    return async (mediaId) => {
      const request = { params: { media_id: mediaId }, responseType: "arraybuffer" };
      const response = await app
        .getClient()
        .get("cgi-bin/media/get/jssdk", request)
        .catch((error: Error) => {
          const { errcode, errmsg } = JSON.parse(/\{.*\}$/.exec(error.message)?.[0] ?? "{}");
          throw new CallFailed(errcode, errmsg);
        });
      if (!response.is("json")) return response.getContent();
      const { errcode, errmsg } = JSON.parse(response.getContent().toString());
      throw new CallFailed(errcode, errmsg);
    };
  },
});

export const NPM_SDKS: readonly Sdk[] = [
  coWechatApi,
  wechatApi,
  nodeEasywechat("node-easywechat", {}),
  nodeEasywechat("node-easywechat with stable tokens", { use_stable_access_token: true }),
];
