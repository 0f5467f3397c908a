/**
 * Gateway tokens: what a WeChat SDK that is pointed at this gateway gets in place of WeChat's access_token.
 *
 *   hdv1.{key of LINK_KEYS}.{API key's id}.{appId}.{expires}.{nonce}.{signature}
 *
 * Nothing is stored. The signature covers the scheme's name, everything before it, and the API key's hash: the token ends
 * when the key is removed, or when another key gets its id. It opens one account's voices here, and nothing at WeChat.
 */
import type { ApiKey } from "./caller.ts";
import { isSigned, type LinkKey, signText } from "./keyed-hash.ts";

/**
 * All tokens that are requested within an hour are the same one, which ends an hour after that hour. So it is always valid
 * for an hour or more: SDKs replace a token 10 s to 10 min before its end, and chanxuehong's refuses one of a minute.
 */
const WINDOW_SECONDS = 3_600;
/** As WeChat's own. */
const LIFETIME_SECONDS = 2 * WINDOW_SECONDS;
/** What `expires_in` leaves out: EasyWeChat and PowerWeChat use a token until its last second, and the request takes time. */
const GRACE_SECONDS = 60;

const SCHEME = "hdvoice-gateway-token-v1";
const PREFIX = "hdv1";

export interface GatewayToken {
  readonly value: string;
  readonly expiresInSeconds: number;
}

export type GatewayTokenVerdict =
  | { readonly kind: "valid"; readonly apiKey: ApiKey; readonly appId: string }
  | { readonly kind: "expired" }
  | { readonly kind: "forged" };

/** `nonce`: letters and digits that make it a new token; null: the one of this hour. */
export async function signGatewayToken(
  apiKey: ApiKey,
  appId: string,
  nonce: string | null,
  linkKey: LinkKey,
  nowSeconds: number,
): Promise<GatewayToken> {
  const beganAtSeconds = nonce === null ? nowSeconds - (nowSeconds % WINDOW_SECONDS) : nowSeconds;
  const expiresAtSeconds = beganAtSeconds + LIFETIME_SECONDS;
  const claims = [PREFIX, linkKey.id, apiKey.id, appId, expiresAtSeconds, nonce ?? "0"].join(".");
  const signature = await signText(linkKey, signedText(claims, apiKey));
  return { value: `${claims}.${signature}`, expiresInSeconds: expiresAtSeconds - GRACE_SECONDS - nowSeconds };
}

/** The signature before the expiry, so that a forger learns nothing. */
export async function verifyGatewayToken(
  token: string,
  apiKeys: readonly ApiKey[],
  linkKeys: readonly LinkKey[],
  nowSeconds: number,
): Promise<GatewayTokenVerdict> {
  const end = token.lastIndexOf(".");
  const claims = token.slice(0, end);
  const [prefix, linkKeyId, apiKeyId, appId = "", expires] = claims.split(".", 6);
  const linkKey = linkKeys.find(({ id }) => id === linkKeyId);
  const apiKey = apiKeys.find(({ id }) => id === apiKeyId);
  if (prefix !== PREFIX || !linkKey || !apiKey) return { kind: "forged" };
  const isGenuine = await isSigned(linkKey, signedText(claims, apiKey), token.slice(end + 1));
  if (!isGenuine) return { kind: "forged" };
  return Number(expires) > nowSeconds ? { kind: "valid", apiKey, appId } : { kind: "expired" };
}

function signedText(claims: string, { sha256 }: ApiKey): string {
  return `${SCHEME}\n${claims}\n${sha256}`;
}
