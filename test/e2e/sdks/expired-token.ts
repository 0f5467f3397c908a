/** A token that this gateway has issued two hours ago, computed as docs/sdks.md says, by other code than the gateway's. */
import { createHmac } from "node:crypto";

interface LinkKey {
  readonly id: string;
  readonly secret: string;
}
interface ApiKey {
  readonly id: string;
  readonly sha256: string;
}

export function expiredToken(linkKey: LinkKey, apiKey: ApiKey, appId: string): string {
  const expiredAtSeconds = Math.floor(Date.now() / 1000) - 1;
  const claims = ["hdv1", linkKey.id, apiKey.id, appId, expiredAtSeconds, "0"].join(".");
  const signed = `hdvoice-gateway-token-v1\n${claims}\n${apiKey.sha256}`;
  return `${claims}.${createHmac("sha256", linkKey.secret).update(signed).digest("base64url")}`;
}
