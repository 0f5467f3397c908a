/**
 * `npm run bench [-- decode|worker|request|keeper|push|memory] [--json]`: what is measured is reported, nothing is asserted.
 * `npm run bench -- request --plots FOLDER` draws how a request's cost grows, too.
 */
import { parseArgs } from "node:util";
import { benchDecode, printDecode } from "./decode.ts";
import { benchKeeper, printKeeper } from "./keeper.ts";
import { benchMemory, printMemory } from "./memory.ts";
import { benchPush, printPush } from "./push.ts";
import { printRequest } from "./request/report.ts";
import { benchRequest } from "./request/request.ts";
import { benchWorker, printWorker } from "./worker.ts";

const BENCHES = ["decode", "worker", "request", "keeper", "push", "memory"] as const;
const USAGE = `Usage: npm run bench -- [${BENCHES.join("|")}] [--json] [--plots FOLDER]`;

const { json, plots, wanted } = readArguments();
const runs = (name: (typeof BENCHES)[number]) => wanted.length === 0 || wanted.includes(name);

const decode = runs("decode") ? await benchDecode() : null;
if (decode && !json) printDecode(decode);
const worker = runs("worker") ? await benchWorker() : null;
if (worker && !json) printWorker(worker);
const request = runs("request") ? await benchRequest({ plotsFolder: plots }) : null;
if (request && !json) printRequest(request);
const keeper = runs("keeper") ? await benchKeeper() : null;
if (keeper && !json) printKeeper(keeper);
const push = runs("push") ? await benchPush() : null;
if (push && !json) printPush(push);
const memory = runs("memory") ? await benchMemory() : null;
if (memory && !json) printMemory(memory);
if (json) console.log(JSON.stringify({ decode, worker, request, keeper, push, memory }, null, 2));

function readArguments() {
  try {
    const options = { json: { type: "boolean" }, plots: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const unknown = positionals.find((name) => !BENCHES.some((bench) => bench === name));
    if (unknown !== undefined) throw new Error(`There is no bench '${unknown}'.`);
    return { json: values.json ?? false, plots: values.plots ?? null, wanted: positionals };
  } catch (error) {
    console.error(`${(error as Error).message} ${USAGE}`);
    process.exit(2);
  }
}
