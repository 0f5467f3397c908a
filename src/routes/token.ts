/** `GET, PUT /v1/token`, `POST /v1/token/rotate`: one place for all programs that need an account's access token. */
import { type Context, Hono } from "hono";
import * as z from "zod/mini";
import { readJsonBody } from "../http/json-body.ts";
import { requireScope } from "../middleware/access.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import type { AccessToken } from "../wechat/token/source.ts";
import { allowOnly } from "./method-not-allowed.ts";

/** WeChat asks for room for 512 characters. */
const tokenSchema = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,2048}$/, "must be 1 to 2048 visible ASCII characters"));

const rotateSchema = z.strictObject({ rejectedToken: tokenSchema });

const pushSchema = z.strictObject({
  accessToken: tokenSchema,
  /** The seconds that remain. WeChat's tokens last two hours at most; KV keeps nothing for less than a minute. */
  expiresInSeconds: z
    .int("must be a whole number")
    .check(z.minimum(60, "must be 60 at least"), z.maximum(7200, "must be 7200 at most")),
});

export const token = new Hono<AppEnv>()
  .get("/", requireScope("token:read"), async (c) => answer(c, await c.get("tokens").get()))
  .put("/", requireScope("token:push"), async (c) => {
    const { accessToken, expiresInSeconds } = await readJsonBody(c.req.raw, pushSchema);
    await c
      .get("tokens")
      .push({ value: accessToken, expiresAtMs: c.get("isolate").world.nowMs() + expiresInSeconds * 1000 });
    return c.body(null, 204, { "cache-control": "no-store" });
  })
  .post("/rotate", requireScope("token:rotate"), async (c) => {
    const { rejectedToken } = await readJsonBody(c.req.raw, rotateSchema);
    return answer(c, await c.get("tokens").rotate(rejectedToken));
  })
  .all("/", allowOnly("GET", "HEAD", "PUT"))
  .all("/rotate", allowOnly("POST"));

function answer(c: Context<AppEnv>, { value, expiresAtMs }: AccessToken): Response {
  const body = {
    appId: c.get("account").appId,
    accessToken: value,
    expiresInSeconds: Math.max(0, Math.floor((expiresAtMs - c.get("isolate").world.nowMs()) / 1000)),
    expiresAt: new Date(expiresAtMs).toISOString(),
  };
  return c.json(body, 200, { "cache-control": "no-store", pragma: "no-cache" });
}
