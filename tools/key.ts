/**
 * `npm run key -- [id] [scope,scope]`: makes an API key and prints it once, with the entry for API_KEYS. Only its hash
 * is ever given to the gateway.
 */
import { createHash, randomBytes } from "node:crypto";
import { SCOPES } from "../src/config-schema.ts";

const KEY_BYTES = 32;
const [id = "default", scopeList = "voices:read"] = process.argv.slice(2);
const scopes = scopeList.split(",");
const unknown = scopes.find((scope) => !SCOPES.some((known) => known === scope));

if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
  fail(`The id must be 1 to 64 letters, digits, '-' or '_', not '${id}'.`);
if (unknown !== undefined) fail(`There is no scope '${unknown}'. The scopes are: ${SCOPES.join(", ")}.`);

const key = `hdv_${id}_${randomBytes(KEY_BYTES).toString("base64url")}`;
const entry = { id, sha256: createHash("sha256").update(key).digest("hex"), scopes };

console.log(`API key (shown only now; give it to the caller):\n  ${key}\n`);
console.log(`Its entry in the JSON list of API_KEYS:\n  ${JSON.stringify(entry)}\n`);
console.log("With this key alone: npx wrangler secret put API_KEYS, and paste\n");
console.log(`  [${JSON.stringify(entry)}]`);

function fail(message: string): never {
  console.error(message);
  console.error("Usage: npm run key -- [id] [scope,scope]");
  process.exit(2);
}
