/** `POST /v1/voices/{mediaId}/links`: a URL that opens one form of one voice for a while, without a key. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { createLinkSigner } from "../auth/link-signer.ts";
import { readJsonBody } from "../http/json-body.ts";
import { DEFAULT_LINK_SECONDS, MAX_LINK_SECONDS } from "../limits.ts";
import { requireScope } from "../middleware/access.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { FORMATS, type Format, requireMediaId } from "../voice/format.ts";
import { allowOnly } from "./method-not-allowed.ts";

const expiryRule = `must be a whole number of seconds from 1 to ${MAX_LINK_SECONDS}`;

const bodySchema = z.strictObject({
  format: z.enum(Object.keys(FORMATS) as [Format, ...Format[]]),
  expiresInSeconds: z._default(
    z.int(expiryRule).check(z.minimum(1, expiryRule), z.maximum(MAX_LINK_SECONDS, expiryRule)),
    DEFAULT_LINK_SECONDS,
  ),
});

export const links = new Hono<AppEnv>()
  .post("/:mediaId/links", requireScope("links:create"), async (c) => {
    const mediaId = requireMediaId(c.req.param("mediaId"));
    const body = await readJsonBody(c.req.raw, bodySchema);
    const sign = createLinkSigner(c.get("config").linkKeys, c.get("isolate").world.nowMs);
    const voice = { appId: c.get("account").appId, mediaId, format: body.format };
    const link = await sign(new URL(c.req.url).origin, voice, body.expiresInSeconds);
    return c.json(link, 201, { "cache-control": "no-store" });
  })
  .all("/:mediaId/links", allowOnly("POST"));
