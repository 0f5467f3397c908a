import { describe, expect, it } from "vitest";
import { faultsIn } from "../../../tools/check/sharing.ts";

const faultOf = (text: string, file = "voice/anything.ts") => faultsIn(file, text);
const CHANGES = "can change, and is shared by all requests of an isolate";
const HOLDS = "what belongs to the one that made it";
const COLLECTION = "may share neither promises nor streams";

describe("refused is", () => {
  it.each([
    ["a memory", "const known = new Map<string, number>();", CHANGES],
    ["a memory that forgets", "export const known = new WeakMap();", CHANGES],
    ["a list", "const waiting: string[] = [];", CHANGES],
    ["a counter", "let count = 0;", CHANGES],
    ["an object that keeps what it likes", "const downloads = new UnderWay<Download>();", CHANGES],
    ["a class's own memory", "class A { static readonly #known = new Map<string, number>(); }", CHANGES],
    ["a promise", "const ready = Promise.resolve(1);", HOLDS],
    ["a promise to come", "let pending: Promise<string> | null = null;", HOLDS],
    ["a stream", "const body = new TransformStream();", HOLDS],
    ["an answer", 'const gone = new Response("gone");', HOLDS],
    [
      "an object that keeps what it likes, whatever it is told to do",
      "const a = new Joined(() => work());",
      CHANGES,
    ],
    ["a promise of a function's work", "const ready = Promise.all([1].map(async (n) => n));", HOLDS],
    ["what aborts a request", "export const abort = new AbortController();", HOLDS],
    [
      "a question that others join",
      "class A { readonly #asking = new Map<string, Promise<number>>(); }",
      COLLECTION,
    ],
    ["… as a type", "interface Entry { readonly underWay: Map<string, Promise<number>> }", COLLECTION],
    ["streams by name", "type Bodies = Record<string, ReadableStream<Uint8Array>>;", COLLECTION],
  ])("%s", (_, text, words) => {
    expect(faultOf(text)).toEqual([expect.stringContaining(words)]);
  });

  it("told by its place", () => {
    expect(faultOf("\n\nlet count = 0;", "voice/store.ts")[0]).toMatch(
      /^src\/voice\/store\.ts:3 count can change/,
    );
  });
});

describe("allowed is", () => {
  it.each([
    ["a constant table", 'const CODES: ReadonlySet<string> = new Set(["a"]); const NAMES = ["a"] as const;'],
    [
      "a function, whatever it takes and gives",
      "const read = (body: ReadableStream): Promise<Response> => use(body);",
    ],
    [
      "what a request holds for itself",
      "export function f() { let count = 0; const a = new Map(); return a; }",
    ],
    [
      "a field of an object",
      "class A { #pending: Promise<number> | null = null; readonly #known = new Map(); }",
    ],
    [
      "several promises that one request waits for",
      "const all = (work: Promise<void>[]) => Promise.all(work);",
    ],
    [
      "methods that make an answer for whoever calls them",
      'const KEEPER = { async fetch() { return new Response("made up"); } };',
    ],
    ["a router", 'const health = new Router().get("/healthz", (c) => new Response("ok"));'],
    ["a pattern and an error", 'const A = new RegExp("a"); const B = new Error("b");'],
  ])("%s", (_, text) => {
    expect(faultOf(text)).toEqual([]);
  });

  it("what is listed, with its reason", () => {
    expect(faultOf("const parsed = new WeakMap();", "config/config.ts")).toEqual([]);
  });

  it("everything of an object's, whose requests have one I/O context, but not at module level", () => {
    const field = "class A { readonly #asking = new Map<string, Promise<number>>(); }";
    expect(faultOf(field, "keepers/voice-keeper.ts")).toEqual([]);
    expect(
      faultOf("const asking = new Map<string, Promise<number>>();", "keepers/voice-keeper.ts"),
    ).toHaveLength(1);
  });
});
