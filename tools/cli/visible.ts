/**
 * Text of others, such as a gateway's answer or a file's name, can contain characters that a terminal acts on or hides: it
 * could move the
 * cursor, add lines, or turn the direction of writing.
 */

/** Control and format characters, line separators, halves of a pair. Joiners (200C, 200D) are part of words and emoji. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** On one line, with such characters written as JSON writes them: what was JSON stays the same JSON. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escaped(character));
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}
