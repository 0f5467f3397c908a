/** `GET, PUT /v1/token`, `POST /v1/token/rotate`: one place for all programs that need an account's access token. */
import type { Context } from "hono";
import { OPERATIONS } from "../api/operations.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import type { AccessToken } from "../wechat/token/source.ts";
import { resource, serve } from "./serve.ts";

const NOT_KEPT = { "cache-control": "no-store", pragma: "no-cache" };

export const token = resource(
  serve(OPERATIONS.getToken, async (c) => answer(c, await c.get("tokens").get())),
  serve(OPERATIONS.pushToken, async (c, { body: { accessToken, expiresInSeconds } }) => {
    const expiresAtMs = c.get("isolate").world.nowMs() + expiresInSeconds * 1000;
    await c.get("tokens").push({ value: accessToken, expiresAtMs });
    return c.body(null, 204, { "cache-control": "no-store" });
  }),
  serve(OPERATIONS.rotateToken, async (c, { body: { rejectedToken } }) => {
    const { reported, token } = await c.get("tokens").report(rejectedToken);
    // Whoever may only report learns the result, and no token: any text can be reported.
    if (c.get("caller").scopes.includes("token:read")) return answer(c, token, { reportedToken: reported });
    return c.json({ appId: c.get("account").appId, reportedToken: reported }, 200, NOT_KEPT);
  }),
);

function answer(c: Context<AppEnv>, { value, expiresAtMs }: AccessToken, more: object = {}): Response {
  const body = {
    appId: c.get("account").appId,
    accessToken: value,
    expiresInSeconds: Math.max(0, Math.floor((expiresAtMs - c.get("isolate").world.nowMs()) / 1000)),
    expiresAt: new Date(expiresAtMs).toISOString(),
    ...more,
  };
  return c.json(body, 200, NOT_KEPT);
}
