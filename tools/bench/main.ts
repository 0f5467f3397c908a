/** `npm run bench [-- decode|worker|request|push|memory] [--json]`: what is measured is reported, nothing is asserted. */
import { benchDecode, printDecode } from "./decode.ts";
import { benchMemory, printMemory } from "./memory.ts";
import { benchPush, printPush } from "./push.ts";
import { printRequest } from "./request/report.ts";
import { benchRequest } from "./request/request.ts";
import { benchWorker, printWorker } from "./worker.ts";

const BENCHES = ["decode", "worker", "request", "push", "memory"] as const;

const words = process.argv.slice(2);
const json = words.includes("--json");
const wanted = words.filter((word) => !word.startsWith("--"));
const unknown = wanted.find((name) => !BENCHES.some((bench) => bench === name));
if (unknown !== undefined) {
  console.error(`There is no bench '${unknown}'. Usage: npm run bench -- [${BENCHES.join("|")}] [--json]`);
  process.exit(2);
}
const runs = (name: (typeof BENCHES)[number]) => wanted.length === 0 || wanted.includes(name);

const decode = runs("decode") ? await benchDecode() : null;
if (decode && !json) printDecode(decode);
const worker = runs("worker") ? await benchWorker() : null;
if (worker && !json) printWorker(worker);
const request = runs("request") ? await benchRequest() : null;
if (request && !json) printRequest(request);
const push = runs("push") ? await benchPush() : null;
if (push && !json) printPush(push);
const memory = runs("memory") ? await benchMemory() : null;
if (memory && !json) printMemory(memory);
if (json) console.log(JSON.stringify({ decode, worker, request, push, memory }, null, 2));
