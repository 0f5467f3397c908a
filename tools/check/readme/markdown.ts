/** Reads from a page of Markdown what can be compared with the code or run: tables, fenced examples, names, links. */

export interface Fence {
  /** The word behind the three backquotes; empty where there is none. */
  readonly language: string;
  readonly text: string;
}

export type Cells = readonly string[];

export interface Table {
  readonly header: Cells;
  readonly rows: readonly Cells[];
}

export interface Page {
  readonly file: string;
  readonly text: string;
  /** The lines outside of tables and examples. */
  readonly prose: string;
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
}

/** A command of a `console` example, without its comment, and what it is said to print. */
export interface Command {
  readonly line: string;
  readonly output: readonly string[];
}

export function readPage(file: string, text: string): Page {
  const fences: Fence[] = [];
  const tables: { header: Cells; rows: Cells[] }[] = [];
  const prose: string[] = [];
  let fence: { language: string; lines: string[] } | null = null;
  let wasInTable = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) {
      if (fence) fences.push({ language: fence.language, text: fence.lines.join("\n") });
      fence = fence ? null : { language: line.slice(3).trim(), lines: [] };
    } else if (fence) fence.lines.push(line);
    const isInTable = fence === null && line.startsWith("|");
    if (isInTable) {
      const cells = cellsOf(line);
      if (!wasInTable) tables.push({ header: cells, rows: [] });
      else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) tables.at(-1)?.rows.push(cells);
    } else if (fence === null) prose.push(line);
    wasInTable = isInTable;
  }
  return { file, text, prose: prose.join("\n"), fences, tables };
}

export function commandsOf(page: Page): Command[] {
  const commands: { line: string; output: string[] }[] = [];
  for (const { language, text } of page.fences) {
    if (language !== "console") continue;
    for (const line of text.split("\n")) {
      if (line.startsWith("$ ")) commands.push({ line: line.slice(2).replace(/\s+#\s.*$/, ""), output: [] });
      else commands.at(-1)?.output.push(line);
    }
  }
  return commands;
}

/** What stands between backquotes in a line or a cell. */
export function spansOf(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
}

/** The links that lead to other files of the repository, without their fragments. */
export function filesLinkedFrom(page: Page): string[] {
  return [...page.text.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function cellsOf(line: string): Cells {
  return line
    .replace(/^\||\|\s*$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
