/**
 * What is odd about a setting that looks right: characters that come along when a value is copied, and that nobody sees. The
 * fault names its kind and place, never the value, which may be a secret.
 */

/** `no blanks`: one word. `blanks inside`: a header's value may have some between its words. */
export type Shape = "no blanks" | "blanks inside";

const QUOTES = "\"'`“”‘’«»「」『』";
const QUOTED = new RegExp(`^\\s*[${QUOTES}].*[${QUOTES}]\\s*$`, "s");
/** In JSON's text they are where JSON needs `"`, `,` or `:`. A byte order mark in front is wrong too. */
const ODD_IN_JSON = /[“”‘’，：｛｝［］\u3000\u00a0\u200b-\u200f\u2060\ufeff]/u;

/** Stands after the setting's name, as in `ends with a line break`. Null: nothing is odd. */
export function oddityIn(value: string, shape: Shape): string | null {
  if (QUOTED.test(value)) return "has quotes around it: leave them out";
  const characters = [...value];
  const last = characters.length - 1;
  for (const [index, character] of characters.entries()) {
    const isAtAnEnd = index === 0 || index === last;
    const kind = kindOf(character);
    if (kind === null || (kind === "a blank" && shape === "blanks inside" && !isAtAnEnd)) continue;
    if (index === 0) return `begins with ${kind}`;
    return endsOdd(characters, index) ? `ends with ${kind}` : `has ${kind} at position ${index + 1}`;
  }
  return null;
}

/** What is odd in a text that should be JSON and isn't; null: nothing that can be named. */
export function oddityInJson(text: string): string | null {
  if (/^\s*['`]/.test(text) || /^\s*"\s*[[{]/.test(text)) return "has quotes around it: leave them out";
  const character = ODD_IN_JSON.exec(text);
  if (!character) return null;
  return `has ${kindOf(character[0])} at position ${[...text.slice(0, character.index)].length + 1}`;
}

/** Whether everything from here on is odd: then the fault is at the end. */
function endsOdd(characters: readonly string[], from: number): boolean {
  return characters.slice(from).every((character) => kindOf(character) !== null);
}

function kindOf(character: string): string | null {
  if (character === " ") return "a blank";
  if (character >= "!" && character <= "~") return null;
  if (character === "\n" || character === "\r") return "a line break";
  if (character === "\t") return "a tab";
  if (/[\uff01-\uff60\u3000]/u.test(character)) return "a full-width character";
  if (/[“”‘’]/u.test(character)) return "a curly quotation mark";
  if (/[\p{Zs}\p{Cf}]/u.test(character)) return `an invisible character (${codePoint(character)})`;
  if (/\p{Cc}/u.test(character)) return `a control character (${codePoint(character)})`;
  return "a character that is not ASCII";
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
