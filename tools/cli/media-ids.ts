/** A list of media ids, as people and programs write them: one a line, with comments. */
import { MEDIA_ID_PATTERN } from "../../src/limits.ts";

export interface MediaIdList {
  /** In their order, each once. */
  readonly mediaIds: readonly string[];
  readonly faults: readonly Fault[];
}

export interface Fault {
  /** The first one is 1. */
  readonly line: number;
  /** What stands there. */
  readonly text: string;
}

/** What follows a # is left out. Windows saves text as UTF-16 too, and begins it with a mark that says so. */
export function readMediaIds(bytes: Uint8Array): MediaIdList {
  const mediaIds = new Set<string>();
  const faults: Fault[] = [];
  for (const [index, whole] of decode(bytes).split("\n").entries()) {
    const text = whole.replace(/#.*/, "").trim();
    if (text === "") continue;
    if (MEDIA_ID_PATTERN.test(text)) mediaIds.add(text);
    else faults.push({ line: index + 1, text });
  }
  return { mediaIds: [...mediaIds], faults };
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
