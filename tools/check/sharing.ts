/**
 * The law of sharing, as far as it can be read off the text: what outlives a request in an isolate is plain values. A request
 * that waits for a promise, or reads a stream, of another request of its isolate works while the isolate is young and breaks
 * once V8's optimising compilers have the code. Only inside a Durable Object, whose requests have one I/O context, may they be shared.
 *
 * Refused are, in src/:
 * - at module level, and in static fields: anything that can change, unless it is listed here with its reason;
 * - at module level: promises, streams, requests, responses and what aborts them. Never allowed;
 * - collections of those, in code that is not for objects alone.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync, Visitor } from "rolldown/utils";

/** Memory of an isolate that is plain values, and why. */
const VALUES: Readonly<Record<string, string>> = {
  "auth/api-key.ts hashes": "bytes of the keys' hashes, by key",
  "config/config.ts parsed": "settings, by the environment that they were read from",
  "audio/speex/memory-pool.ts idle": "cleared memories of decoders, each taken by one",
};

/** Code that runs inside objects alone. What is shared there is shared between requests of one I/O context. */
const OF_OBJECTS = [
  /^keepers\//,
  /^voice\/(arrival|in-order|under-way)\.ts$/,
  /^wechat\/token\/(steward|publication)\.ts$/,
  /^wechat\/platform\/(book|calls|clerk)\.ts$/,
];

/** What belongs to the request that made it. */
const STREAMS = String.raw`(?:Readable|Writable|Transform|FixedLength|IdentityTransform)Stream\w*`;
const OF_A_REQUEST = String.raw`\b(?:Promise|PromiseWithResolvers|${STREAMS}|Response|Request|AbortController|AbortSignal)\b`;
const BELONGS_TO_A_REQUEST = new RegExp(OF_A_REQUEST);
const MAKES_ONE = new RegExp(String.raw`\bnew ${OF_A_REQUEST}|\bPromise\.|\bfetch\(|\bcaches\.`);
const COLLECTION_OF_THEM = new RegExp(
  String.raw`\b(?:Map|Set|WeakMap|Array|Record)<(?:[^<>()=]|<[^<>]*>)*${OF_A_REQUEST}`,
);
/** A collection that begins empty is there to be filled. */
const BEGINS_EMPTY = /^(?:new (?:Weak)?(?:Map|Set)(?:<.*>)?\(\)|\[\]|\{\})$/s;
/** An object of a class of ours, which may keep anything. A router keeps nothing once the module is loaded. */
const IS_OBJECT_OF_OURS =
  /^new (?!(?:Router|Map|Set|RegExp|Error|TextEncoder|TextDecoder|DataView|\w+Array)\b)/;

/** What breaks the law in one file, a path from src/ with `/`. */
export function faultsIn(file: string, text: string): string[] {
  const { program, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const faults: string[] = [];
  const source = (node: { start: number; end: number } | null | undefined) =>
    node ? text.slice(node.start, node.end) : "";
  const functions: [start: number, end: number][] = [];
  const addFunction = ({ start, end }: { start: number; end: number }) => functions.push([start, end]);
  /** What it is when the module is loaded: what functions make belongs to whoever calls them. */
  const madeAtOnce = (node: { start: number; end: number } | null | undefined) => {
    let value = source(node);
    for (const [start, end] of functions) {
      if (!node || start < node.start || end > node.end) continue;
      value = `${value.slice(0, start - node.start)}${" ".repeat(end - start)}${value.slice(end - node.start)}`;
    }
    return value.trim();
  };
  const say = (at: number, what: string) =>
    faults.push(`src/${file}:${text.slice(0, at).split("\n").length} ${what}`);

  function checkHolder(name: string, at: number, canChange: boolean, type: string, value: string): void {
    if (value === "" && !BELONGS_TO_A_REQUEST.test(type.split("=>")[0] ?? "")) return;
    if (BELONGS_TO_A_REQUEST.test(type) || MAKES_ONE.test(value)) {
      say(at, `${name} holds, for all requests of an isolate, what belongs to the one that made it.`);
    } else if (canChange && !(`${file} ${name}` in VALUES)) {
      say(
        at,
        `${name} can change, and is shared by all requests of an isolate: put it into Isolate, or list it.`,
      );
    }
  }

  new Visitor({
    FunctionDeclaration: addFunction,
    FunctionExpression: addFunction,
    ArrowFunctionExpression: addFunction,
  }).visit(program);

  for (const statement of program.body) {
    const declaration =
      "declaration" in statement && statement.declaration ? statement.declaration : statement;
    if (declaration.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) {
      const [name = "", ...rest] = source(id).split(":");
      const value = madeAtOnce(init);
      const canChange = declaration.kind !== "const" || isOpen(value);
      checkHolder(name.trim(), id.start, canChange, rest.join(":"), value);
    }
  }

  new Visitor({
    PropertyDefinition(field) {
      if (!field.static) return;
      const canChange = !field.readonly || isOpen(madeAtOnce(field.value));
      checkHolder(
        source(field.key),
        field.start,
        canChange,
        source(field.typeAnnotation),
        madeAtOnce(field.value),
      );
    },
    TSTypeReference(type) {
      if (OF_OBJECTS.some((pattern) => pattern.test(file))) return;
      if (COLLECTION_OF_THEM.test(source(type))) {
        say(type.start, `${source(type)}: requests of an isolate may share neither promises nor streams.`);
      }
    },
    NewExpression(made) {
      if (OF_OBJECTS.some((pattern) => pattern.test(file))) return;
      const kind = `${source(made.callee)}${source(made.typeArguments)}`;
      if (COLLECTION_OF_THEM.test(kind)) {
        say(made.start, `${kind}: requests of an isolate may share neither promises nor streams.`);
      }
    },
  }).visit(program);
  return [...new Set(faults)];
}

function isOpen(value: string): boolean {
  return BEGINS_EMPTY.test(value) || IS_OBJECT_OF_OURS.test(value);
}

function main(): void {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.startsWith("audio/speex/wasm/"))
    .sort();
  const faults = files.flatMap((file) => faultsIn(file, readFileSync(join("src", file), "utf8")));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) {
    console.error(
      `${faults.length} breaches of the law of sharing (CONTRIBUTING.md, "What requests share").`,
    );
    process.exit(1);
  }
  console.log(`${files.length} files: what requests of an isolate share is plain values.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
