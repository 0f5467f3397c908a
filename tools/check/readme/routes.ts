/**
 * Prints the paths of the API and the suffixes of a voice, as JSON for facts.ts. A program of its own, because it reads the Worker's
 * modules in Node: these import WebAssembly in a way that Node doesn't know. Nothing is decoded here.
 */
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

export interface Route {
  /** Null where no API key is asked for. */
  readonly scope: string | null;
  /** Fields of the JSON body; null where none is read. */
  readonly fields: readonly string[] | null;
}

export interface Api {
  /** By method and path, `GET /v1/token`, with the ending of an operation that has some. What also exists below /v1/apps/{appId} is there once, without it. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly formats: readonly string[];
}

/** What is read of src. Its own types are the Worker's, which tools don't know. */
interface Sources {
  readonly createApp: (isolate: object) => { readonly routes: { method: string; path: string }[] };
  readonly OPERATIONS: Readonly<Record<string, Operation>>;
  readonly FORMATS: object;
}
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  readonly endings: readonly string[];
  readonly body: { readonly shape: object } | null;
}

registerHooks({
  load: (url, context, next) =>
    url.endsWith(".wasm")
      ? { format: "module", source: "export default null", shortCircuit: true }
      : next(url, context),
});

const { createApp } = await load("src/app.ts");
const { OPERATIONS } = await load("src/api/operations.ts");
const { FORMATS } = await load("src/voice/format.ts");

const routes: Record<string, Route> = {};
for (const { method, path } of createApp({ world: {} }).routes) {
  // ALL is middleware and the answer to other methods. The root has nothing but a line of text.
  if (method === "ALL" || path === "/" || path.startsWith("/v1/apps/")) continue;
  routes[`${method} ${path.replace(/:(\w+)/g, "{$1}")}`] = { scope: null, fields: null };
}
for (const { method, path, endings, scope, body } of Object.values(OPERATIONS)) {
  const route = { scope, fields: body && Object.keys(body.shape) };
  for (const ending of endings.length > 0 ? endings : [""]) routes[`${method} /v1${path}${ending}`] = route;
}
console.log(JSON.stringify({ routes, formats: Object.keys(FORMATS) } satisfies Api));

async function load(file: string): Promise<Sources> {
  return import(pathToFileURL(file).href);
}
