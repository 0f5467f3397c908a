/** Content negotiation (RFC 9110 §12.5.1). */

/** One element of an Accept header, e.g. `audio/*;q=0.5`. */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  /** All but `q`, names and values in small letters. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** How exactly a media range names a type: the most exact one decides, whatever its weight. */
const EXACTNESS = { anything: 0, anySubtype: 1, type: 2, withParameters: 3 } as const;

/**
 * The offer that an Accept header weighs highest. Where several weigh the same, the one that is named most exactly, then
 * the one that stands first among the offers; the order in the header means nothing. Null when none is acceptable.
 */
export function preferredType<T extends string>(accept: string | undefined, offers: readonly T[]): T | null {
  const ranges = parseAccept(accept ?? "");
  // No header, or none that can be read: anything will do.
  if (ranges.length === 0) return offers[0] ?? null;

  let chosen: T | null = null;
  let best: Judgement = { weight: 0, exactness: -1 };
  for (const offer of offers) {
    const judgement = judge(offer, ranges);
    if (judgement.weight === 0 || !isBetter(judgement, best)) continue;
    chosen = offer;
    best = judgement;
  }
  return chosen;
}

interface Judgement {
  readonly weight: number;
  readonly exactness: number;
}

function isBetter(a: Judgement, b: Judgement): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.exactness > b.exactness);
}

function judge(offer: string, ranges: readonly MediaRange[]): Judgement {
  const [{ type, subtype, parameters } = ANYTHING] = parseAccept(offer);
  let weight = 0;
  let exactness = -1;
  for (const range of ranges) {
    const exact = exactnessOf(range);
    if (range.type !== "*" && range.type !== type) continue;
    if (range.subtype !== "*" && range.subtype !== subtype) continue;
    if ([...range.parameters].some(([name, value]) => parameters.get(name) !== value)) continue;
    if (exact > exactness || (exact === exactness && range.weight > weight)) {
      exactness = exact;
      weight = range.weight;
    }
  }
  return { weight, exactness };
}

function exactnessOf({ type, subtype, parameters }: MediaRange): number {
  if (parameters.size > 0) return EXACTNESS.withParameters;
  if (type === "*") return EXACTNESS.anything;
  return subtype === "*" ? EXACTNESS.anySubtype : EXACTNESS.type;
}

const ANYTHING: MediaRange = { type: "*", subtype: "*", parameters: new Map(), weight: 1 };

/** Elements that make no sense are left out. Commas and semicolons may stand in quotes. */
function parseAccept(header: string): MediaRange[] {
  return splitOutsideQuotes(header, ",").flatMap((element) => parseRange(element) ?? []);
}

function parseRange(element: string): MediaRange | null {
  const [name = "", ...rest] = splitOutsideQuotes(element, ";");
  const [, type, subtype] = /^\s*([^\s/]+)\/([^\s/]+)\s*$/.exec(name.toLowerCase()) ?? [];
  if (type === undefined || subtype === undefined) return null;

  const parameters = new Map<string, string>();
  let weight = 1;
  for (const parameter of rest) {
    const [key = "", value] = parameter.toLowerCase().split("=").map(unquote);
    if (key === "" || value === undefined) continue;
    if (key === "q") weight = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 1;
    else parameters.set(key, value);
  }
  return { type, subtype, parameters, weight };
}

function unquote(text: string): string {
  return text.trim().replace(/^"|"$/g, "");
}

function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  if (!text.includes('"')) return text.split(separator);
  const parts = [""];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
