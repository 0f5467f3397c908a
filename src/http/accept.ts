/** Content negotiation (RFC 9110 §12.5.1). */
import { type Accept, parseAccept } from "hono/utils/accept";

/** How exactly a media range names a type: the most exact one decides, whatever its weight. */
const EXACTNESS = { anything: 0, anySubtype: 1, type: 2, withParameters: 3 } as const;

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
  const asked = parseAccept(accept ?? "").filter(({ type }) => /^[^\s/]+\/[^\s/]+$/.test(type));
  // No header, or none that can be read: anything will do.
  const ranges = asked.length > 0 ? asked : parseAccept("*/*");
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
function judge(offer: string, ranges: readonly Accept[]): Judgement {
  let judgement: Judgement = { weight: 0, exactness: -1 };
  for (const range of ranges) {
    const exactness = exactnessOf(range, offer);
    if (exactness > judgement.exactness) judgement = { weight: range.q, exactness };
  }
  return judgement;
}

/** −1 where the range doesn't match. */
function exactnessOf(range: Accept, offer: string): number {
  const [offered] = parseAccept(offer);
  const type = range.type.toLowerCase();
  if (type === "*/*") return EXACTNESS.anything;
  if (!offered || (type !== offered.type && type !== `${offered.type.split("/")[0]}/*`)) return -1;

  const parameters = Object.entries(range.params).filter(([name]) => name.toLowerCase() !== "q");
  if (parameters.some(([name, value]) => offered.params[name.toLowerCase()] !== value.toLowerCase()))
    return -1;
  if (parameters.length > 0) return EXACTNESS.withParameters;
  return type.endsWith("/*") ? EXACTNESS.anySubtype : EXACTNESS.type;
}
