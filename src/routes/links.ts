/** `POST /v1/voices/{mediaId}/links`: a URL that opens one form of one voice for a while, without a key. */
import { OPERATIONS } from "../api/operations.ts";
import { createLinkSigner } from "../auth/link-signer.ts";
import { publicOrigin } from "../middleware/public-origin.ts";
import { JOINED_SUFFIXES, parseJoinedName } from "../voice/joined.ts";
import { resource, serve } from "./serve.ts";

export const links = resource(
  serve(OPERATIONS.createLink, async (c, { parameters: { mediaId }, body: { format, expiresInSeconds } }) => {
    if (mediaId.includes(",")) parseJoinedName(`${mediaId}.${format}`, JOINED_SUFFIXES);
    const sign = createLinkSigner(c.get("config").linkKeys, c.get("isolate").world.nowMs);
    const voice = { appId: c.get("account").appId, mediaId, format };
    const link = await sign(publicOrigin(c), voice, expiresInSeconds);
    return c.json(link, 201, { "cache-control": "no-store" });
  }),
);
