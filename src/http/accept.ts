/** Content negotiation (RFC 9110 §12.5.1). */

/** How exactly a media range names a type: the most exact one decides, whatever its weight. */
const EXACTNESS = { anything: 0, anySubtype: 1, type: 2, withParameters: 3 } as const;

interface MediaRange {
  readonly type: string;
  /** In small letters, without quotes, in their order; no `q`. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly weight: number;
}

interface Judgement {
  /** 0 to 1; 0 is a refusal. */
  readonly weight: number;
  readonly exactness: number;
}

/**
 * The offer that an Accept header weighs highest. Where several weigh the same, the one that is named most exactly, then
 * the one that stands first among the offers; the order in the header means nothing. Null when none is acceptable.
 * An empty header asks for nothing in particular, as an absent one does.
 */
export function preferredType<T extends string>(accept: string | undefined, offers: readonly T[]): T | null {
  const asked = parseRanges(accept ?? "").filter(({ type }) => /^[^\s/]+\/[^\s/]+$/.test(type));
  // No header, or none that can be read: anything will do.
  const ranges = asked.length > 0 ? asked : parseRanges("*/*");
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

function isBetter(a: Judgement, b: Judgement): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.exactness > b.exactness);
}

/** What the most exact of the ranges that match says of the offer. */
function judge(offer: string, ranges: readonly MediaRange[]): Judgement {
  let judgement: Judgement = { weight: 0, exactness: -1 };
  for (const range of ranges) {
    const exactness = exactnessOf(range, offer);
    if (exactness > judgement.exactness) judgement = { weight: range.weight, exactness };
  }
  return judgement;
}

/** −1 where the range doesn't match. */
function exactnessOf({ type, parameters }: MediaRange, offer: string): number {
  const [offered] = parseRanges(offer);
  if (type === "*/*") return EXACTNESS.anything;
  if (!offered || (type !== offered.type && type !== `${offered.type.split("/")[0]}/*`)) return -1;

  const isOffered = ([name, value]: readonly [string, string]) =>
    offered.parameters.some(([own, its]) => own === name && its === value);
  if (!parameters.every(isOffered)) return -1;
  if (parameters.length > 0) return EXACTNESS.withParameters;
  return type.endsWith("/*") ? EXACTNESS.anySubtype : EXACTNESS.type;
}

/** Commas and semicolons inside quotes part nothing (RFC 9110 §5.6.4). */
function parseRanges(text: string): MediaRange[] {
  return split(text, ",").map((range) => {
    const [type = "", ...rest] = split(range, ";");
    let weight = 1;
    const parameters: [string, string][] = [];
    for (const parameter of rest) {
      const equals = parameter.indexOf("=");
      const name = parameter.slice(0, equals).trim();
      const value = parameter
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1");
      if (name === "q") weight = weightOf(value);
      else if (equals > 0) parameters.push([name, value]);
    }
    return { type, parameters, weight };
  });
}

function split(text: string, mark: "," | ";"): string[] {
  const parts = text
    .toLowerCase()
    .match(mark === "," ? /(?:"(?:\\.|[^"\\])*"?|[^",])+/g : /(?:"(?:\\.|[^"\\])*"?|[^";])+/g);
  return (parts ?? []).map((part) => part.trim()).filter((part) => part !== "");
}

/** What is no number weighs as nothing had been said; beyond the bounds, the bounds. */
function weightOf(value: string): number {
  const weight = Number.parseFloat(value);
  return Number.isNaN(weight) ? 1 : Math.min(1, Math.max(0, weight));
}
