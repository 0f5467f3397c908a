/** The README in two languages: what is no prose has to be the same in both. */
import { commandsOf, type Page, spansOf } from "./markdown.ts";

export function differencesOf(page: Page, twin: Page): string[] {
  return [
    ...compare("command", linesOf(page), linesOf(twin)),
    ...compare("example", codeOf(page), codeOf(twin)),
    ...compare("row", rowsOf(page), rowsOf(twin)),
  ].map((fault) => `${twin.file}: ${fault}`);
}

/** Names the first place where they part. */
function compare(kind: string, own: readonly string[], twins: readonly string[]): string[] {
  const at = Array.from({ length: Math.max(own.length, twins.length) }, (_, at) => at).find(
    (place) => own[place] !== twins[place],
  );
  if (at === undefined) return [];
  return [`${kind} ${at + 1} is ${told(twins[at])}, and in the other language ${told(own[at])}`];
}

function told(text: string | undefined): string {
  return text === undefined ? "missing" : `'${text}'`;
}

function linesOf(page: Page): string[] {
  return commandsOf(page).flatMap(({ line, output }) => [line, ...output]);
}

function codeOf({ fences }: Page): string[] {
  return fences.filter(({ language }) => !["", "console"].includes(language)).map(({ text }) => text);
}

/** A row is known by the names in its first two columns. */
function rowsOf({ tables }: Page): string[] {
  return tables.flatMap(({ rows }) =>
    rows.map(([first = "", second = ""]) => [...spansOf(first), ...spansOf(second)].join(" ")),
  );
}
