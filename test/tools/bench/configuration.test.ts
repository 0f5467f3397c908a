import { expect, it } from "vitest";
import { configurationText, modulesOf } from "../../../tools/bench/runtime/configuration.ts";
import { bindingsOf } from "../../../tools/bench/runtime/settings.ts";

const EMPTY = { compatibilityDate: "2026-10-20", compatibilityFlags: [], variables: {} };

it("names a bundle's modules as the bundle imports them", () => {
  expect(modulesOf(["index.js", "1a2b-speex.wasm"])).toEqual([
    { name: "index.js", file: "index.js" },
    { name: "./1a2b-speex.wasm", file: "1a2b-speex.wasm" },
  ]);
});

it("gives every Worker a port of its own, and its modules by their kind", () => {
  const text = configurationText({
    compatibilityDate: "2026-10-20",
    workers: [
      { name: "a", modules: modulesOf(["index.js", "x.wasm"]) },
      { name: "b", modules: [{ name: "./x.wasm", file: "x.wasm.7" }] },
    ],
    servers: { r2: 4711 },
  });

  expect(text).toContain(`(name = "a", address = "127.0.0.1:0", http = (), service = "a")`);
  expect(text).toContain(`(name = "b", address = "127.0.0.1:0", http = (), service = "b")`);
  expect(text).toContain(`(name = "index.js", esModule = embed "index.js"), (name = "./x.wasm", wasm =`);
  expect(text).toContain(`(name = "./x.wasm", wasm = embed "x.wasm.7")`);
  expect(text).toContain(`(name = "r2", external = (address = "127.0.0.1:4711", http = ()))`);
});

it("quotes what a setting holds", () => {
  const text = configurationText({
    compatibilityDate: "2026-10-20",
    workers: [{ name: "a", modules: [], bindings: [{ kind: "text", name: "KEYS", text: `[{"id":"\\"}]` }] }],
  });

  expect(text).toContain(`(name = "KEYS", text = "[{\\"id\\":\\"\\\\\\"}]")`);
});

it("lets a class of objects live where it is declared, and others reach it by that service's name", () => {
  const bindings = bindingsOf(
    { ...EMPTY, kv: [], r2: [], queues: [], objects: [{ name: "KEEPER", className: "Keeper" }] },
    {},
    { kv: "kv", r2: "r2", queue: "queue", serviceOf: (className) => `objects-${className}` },
  );
  const text = configurationText({
    compatibilityDate: "2026-10-20",
    workers: [
      { name: "main", modules: [], bindings },
      { name: "objects-Keeper", modules: [], bindings, objects: ["Keeper"] },
    ],
  });

  expect(
    text.match(/durableObjectNamespace = \(className = "Keeper", serviceName = "objects-Keeper"\)/g),
  ).toHaveLength(2);
  expect(text.match(/durableObjectNamespaces = \[\(className = "Keeper"/g)).toHaveLength(1);
});

it("keeps the objects of two services apart, also those of the same class", () => {
  const text = configurationText({
    compatibilityDate: "2026-10-20",
    workers: ["a", "b"].map((name) => ({ name: `${name}/objects`, modules: [], objects: ["Keeper"] })),
    objectsFolder: "/tmp/objects",
  });

  expect([...text.matchAll(/uniqueKey = "([^"]*)"/g)].map(([, key]) => key)).toEqual([
    "a-objects-Keeper",
    "b-objects-Keeper",
  ]);
  expect(text).toContain(`(name = "objects-disk", disk = (path = "/tmp/objects", writable = true))`);
});

it("binds what wrangler.toml binds, and lets a bench's variables win over those there", () => {
  const settings = {
    ...EMPTY,
    variables: { STORE_FORMATS: "source,wav", CORS_ORIGINS: "" },
    kv: ["TOKENS"],
    r2: ["VOICES"],
    queues: ["JOBS"],
    objects: [],
  };
  const platform = { kv: "kv", r2: "r2", queue: "queue", serviceOf: () => "main" };

  expect(bindingsOf(settings, { STORE_FORMATS: "source" }, platform)).toEqual([
    { kind: "text", name: "STORE_FORMATS", text: "source" },
    { kind: "text", name: "CORS_ORIGINS", text: "" },
    { kind: "kv", name: "TOKENS", service: "kv" },
    { kind: "r2", name: "VOICES", service: "r2" },
    { kind: "queue", name: "JOBS", service: "queue" },
  ]);
});
