/**
 * `npm run key -- [id] [scope,scope] [appId,appId]`: makes an API key and prints it once, with the entry for API_KEYS.
 * Only its hash is ever given to the gateway.
 */
import { createHash, randomBytes } from "node:crypto";
import { SCOPES } from "../src/auth/caller.ts";

const KEY_BYTES = 32;
const USAGE = `Usage: npm run key -- [id] [scope,scope] [appId,appId]
  id       names the caller in the log; default: default
  scopes   what the key may do; default: voices:read. There are: ${SCOPES.join(", ")}
  appIds   the only accounts it may use; default: all`;

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) {
  console.log(USAGE);
  process.exit(0);
}
const [id = "default", scopeList = "voices:read", appList, ...rest] = words;
const scopes = listed(scopeList);
const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));

if (rest.length > 0) fail(`There is an argument too many: '${rest[0]}'.`);
if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id))
  fail(`The id must be 1 to 64 letters, digits, '-' or '_', not '${id}'.`);
if (unknown !== undefined) fail(`There is no scope '${unknown}'.`);

const key = `hdv_${id}_${randomBytes(KEY_BYTES).toString("base64url")}`;
const sha256 = createHash("sha256").update(key).digest("hex");
const entry = { id, sha256, scopes, ...(appList === undefined ? {} : { apps: listed(appList) }) };

console.log(`API key, for the caller. It is shown only once:\n\n  ${key}\n`);
console.log(
  "For the gateway, the JSON list of API_KEYS with this key alone (npx wrangler secret put API_KEYS):\n",
);
console.log(`  [${JSON.stringify(entry)}]\n`);
console.log("If API_KEYS has keys already, add the {…} to its list, or set it as another secret: API_KEYS_…");

function listed(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}

function fail(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}
