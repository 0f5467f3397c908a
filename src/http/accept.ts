/** Content negotiation (RFC 9110 §12.5.1). */
import Negotiator from "negotiator";

/**
 * The media type that an Accept header prefers. `tiers` are tried one after the other: a type of a later tier is
 * chosen only when none of an earlier one is acceptable. Null when nothing is. An empty header asks for nothing in
 * particular, as an absent one does.
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  tiers: readonly (readonly T[])[],
): T | null {
  const negotiator = new Negotiator({ headers: { accept: accept?.trim() || "*/*" } });
  for (const tier of tiers) {
    const preferred = negotiator.mediaType([...tier]);
    if (preferred !== undefined) return preferred as T;
  }
  return null;
}
