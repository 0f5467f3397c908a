/** `npm run bench [-- decode] [--json]`: what is measured is reported, nothing is asserted. */
import { benchDecode, printDecode } from "./decode.ts";

const words = process.argv.slice(2);
const json = words.includes("--json");
const wanted = words.filter((word) => !word.startsWith("--"));
if (wanted.some((name) => name !== "decode")) {
  console.error("usage: npm run bench -- [decode] [--json]");
  process.exit(2);
}

const decode = await benchDecode();
if (json) console.log(JSON.stringify({ decode }, null, 2));
else printDecode(decode);
