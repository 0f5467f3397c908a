/**
 * README.md and README.zh-CN.md are true: what they name exists, nothing is left out, both say the same, and their examples
 * run. Links and scripts of the other pages exist, and docs/sdks.md has the same code in both languages. `npm run check` has it as a step.
 */
import { globSync, readFileSync } from "node:fs";
import { faultsOf, faultsOfAnyPage } from "./readme/claims.ts";
import { tryExamples } from "./readme/examples.ts";
import { readFacts } from "./readme/facts.ts";
import { readPage } from "./readme/markdown.ts";
import { differencesOf } from "./readme/twins.ts";

const english = pageAt("README.md");
const chinese = pageAt("README.zh-CN.md");
const others = globSync(["*.md", "docs/*.md", "src/**/*.md"]).filter((file) => !file.startsWith("README"));
const facts = readFacts();
const unlike = [
  ...differencesOf(english, chinese),
  ...differencesOf(pageAt("docs/sdks.md"), pageAt("docs/sdks.zh-CN.md")),
];
// The examples of the other language are the same ones.
const { faults, count, skipped } = await tryExamples(english);

const ofOthers = others.flatMap((file) => faultsOfAnyPage(pageAt(file), facts));
const all = [...faultsOf(english, facts), ...faultsOf(chinese, facts), ...ofOthers, ...unlike, ...faults];
for (const fault of all) console.error(fault);
if (all.length > 0) process.exit(1);
console.log(`${count} examples ran. Not tried here: ${skipped.join("; ")}`);

function pageAt(file: string) {
  return readPage(file, readFileSync(file, "utf8"));
}
