/**
 * README.md and README.zh-CN.md are true: what they name exists, nothing is left out, both say the same, and their examples
 * run. `npm run check` has it as a step.
 */
import { readFileSync } from "node:fs";
import { faultsOf } from "./readme/claims.ts";
import { tryExamples } from "./readme/examples.ts";
import { readFacts } from "./readme/facts.ts";
import { readPage } from "./readme/markdown.ts";
import { differencesOf } from "./readme/twins.ts";

const english = readPage("README.md", readFileSync("README.md", "utf8"));
const chinese = readPage("README.zh-CN.md", readFileSync("README.zh-CN.md", "utf8"));
const facts = readFacts();
const unlike = differencesOf(english, chinese);
// The examples of the other language are the same ones.
const { faults, count, skipped } = await tryExamples(english);

const all = [...faultsOf(english, facts), ...faultsOf(chinese, facts), ...unlike, ...faults];
for (const fault of all) console.error(fault);
if (all.length > 0) process.exit(1);
console.log(`${count} examples ran. Not tried here: ${skipped.join("; ")}`);
