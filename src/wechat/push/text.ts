/** What the readers of this folder share. Each looks at every character a fixed number of times, whatever the text. */

const SPACE = 0x20;
const BYTE_ORDER_MARK = 0xfeff;

/** The first place from `at` on that holds no blank. Control characters count as blanks: outside text they mean nothing. */
export function skipBlanks(text: string, at: number): number {
  let end = at;
  while (end < text.length && isBlank(text.charCodeAt(end))) end++;
  return end;
}

export function isBlank(code: number): boolean {
  return code <= SPACE || code === BYTE_ORDER_MARK;
}
