/** A token that this gateway has issued two hours ago, made by the code that docs/sdks.md shows. */
import { readFileSync } from "node:fs";
import { DEMO_KEYS, DEMO_SIGNING } from "../../../tools/local/settings.ts";

const example = /```js\n(import \{ createHmac \}[\s\S]*?)```/.exec(readFileSync("docs/sdks.md", "utf8"))?.[1];
if (example === undefined) throw new Error("docs/sdks.md has no example that makes a token");
const { signToken } = await import(
  `data:text/javascript,${encodeURIComponent(`${example}\nexport { signToken };`)}`
);

export function expiredToken(appId: string): string {
  const [linkKey] = JSON.parse(DEMO_SIGNING.LINK_KEYS);
  const [apiKey] = JSON.parse(DEMO_KEYS);
  return signToken(linkKey, apiKey, appId, Math.floor(Date.now() / 1000) - 1);
}
