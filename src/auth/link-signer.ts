/** Makes signed links to voices, or says which setting is missing. */
import { ServiceError } from "../errors.ts";
import type { LinkKey } from "./keyed-hash.ts";
import { signLink } from "./signed-link.ts";

export interface SignedLink {
  readonly url: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface LinkedVoice {
  readonly appId: string;
  readonly mediaId: string;
  readonly format: string;
}

export type LinkSigner = (origin: string, voice: LinkedVoice, seconds: number) => Promise<SignedLink>;

/** The links name their account, so that they stay right when another one becomes the default. */
export function createLinkSigner(keys: readonly LinkKey[], nowMs: () => number): LinkSigner {
  return async function sign(origin, { appId, mediaId, format }, seconds) {
    const [first, ...rest] = keys;
    if (!first) throw new ServiceError("not-configured", "LINK_KEYS is empty: no link can be signed.");
    const expiresAtSeconds = Math.floor(nowMs() / 1000) + seconds;
    const path = `/v1/apps/${appId}/voices/${mediaId}.${format}`;
    return {
      url: `${origin}${await signLink(path, expiresAtSeconds, [first, ...rest])}`,
      expiresAt: new Date(expiresAtSeconds * 1000).toISOString(),
    };
  };
}
