/** The real import graph of a source tree: every import, re-export, `import()` and `import("…").Type`, types included. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";

export interface Import {
  /** As the file writes it. */
  readonly specifier: string;
  /** Path from the tree's root with `/`; null: a package. `../x` lies outside the tree. */
  readonly target: string | null;
}

/** By file, a path from the tree's root with `/`. */
export type Graph = ReadonlyMap<string, readonly Import[]>;

/** Reads all TypeScript below `root`. AssemblyScript has imports of the same form. */
export function readGraph(root: string): Graph {
  const graph = new Map<string, Import[]>();
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    if (!path.endsWith(".ts") || path.includes("node_modules")) continue;
    const file = path.split(sep).join("/");
    graph.set(
      file,
      specifiersIn(file, readFileSync(join(root, path), "utf8")).map((specifier) => ({
        specifier,
        target: targetOf(file, specifier),
      })),
    );
  }
  return graph;
}

/** Fails with the parser's message if the text is not TypeScript. */
export function specifiersIn(file: string, text: string): string[] {
  const { program, module, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const found = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.moduleRequest?.value)),
  ];
  const literal = (node: unknown) => (node as { value?: unknown } | null)?.value;
  new Visitor({
    ImportExpression: ({ source }) => void found.push(asText(literal(source))),
    TSImportType: ({ source }) => void found.push(asText(literal(source))),
    // `import fs = require("…")`
    TSExternalModuleReference: ({ expression }) => void found.push(asText(literal(expression))),
  }).visit(program);
  return [...new Set(found.filter((specifier) => specifier !== undefined))];
}

/** What is imported must be said in a literal: nobody could check anything else. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : "(computed)";
}

function targetOf(file: string, specifier: string): string | null {
  if (!/^\.{1,2}\//.test(specifier)) return null;
  const path = posix.normalize(posix.join(posix.dirname(file), specifier));
  return /\.[a-z]+$/.test(path) ? path : `${path}.ts`;
}

/** Every circle of files, each once, as the way around it. */
export function circlesIn(graph: Graph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const start = way.indexOf(file);
    if (start !== -1) circles.push([...way.slice(start), file]);
    if (start !== -1 || done.has(file)) return;
    way.push(file);
    for (const { target } of graph.get(file) ?? []) {
      if (target !== null && target !== file && graph.has(target)) visit(target);
    }
    way.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return circles;
}
