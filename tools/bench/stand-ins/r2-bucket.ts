/** R2's objects and conditions, from memory. What an object looks like to workerd's binding: `describe`. */
import { createHash } from "node:crypto";

export interface ObjectFields {
  readonly httpFields?: Readonly<Record<string, string>>;
  readonly customFields?: readonly { readonly k: string; readonly v: string }[];
}

export interface StoredObject extends ObjectFields {
  readonly key: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Where the one who put it gave it. */
  readonly sha256: string | null;
  readonly uploadedMs: number;
}

type EtagCondition =
  | { readonly type: "strong" | "weak"; readonly value: string }
  | { readonly type: "wildcard" };

export interface Conditions {
  readonly etagMatches?: readonly EtagCondition[];
  readonly etagDoesNotMatch?: readonly EtagCondition[];
  readonly uploadedBefore?: number | string;
  readonly uploadedAfter?: number | string;
}

export interface RangeWish {
  readonly offset?: number | string;
  readonly length?: number | string;
  readonly suffix?: number | string;
}

export interface Part {
  readonly offset: number;
  readonly length: number;
}

export function createObject(
  key: string,
  bytes: Buffer,
  fields: ObjectFields,
  sha256: string | null = null,
): StoredObject {
  const { httpFields, customFields } = fields;
  const etag = createHash("md5").update(bytes).digest("hex");
  return {
    key,
    bytes,
    etag,
    sha256,
    uploadedMs: Date.now(),
    ...(httpFields && { httpFields }),
    ...(customFields && { customFields }),
  };
}

/** Whether what is asked for under conditions may be done with this object, or with none. */
export function holds(conditions: Conditions | undefined, object: StoredObject | undefined): boolean {
  if (!conditions) return true;
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter } = conditions;
  if (!object) return etagMatches === undefined && uploadedAfter === undefined;
  const { etag, uploadedMs } = object;
  const names = (list: readonly EtagCondition[]) =>
    list.some((entry) => entry.type === "wildcard" || entry.value === etag);
  return (
    (etagMatches === undefined || names(etagMatches)) &&
    (etagDoesNotMatch === undefined || !names(etagDoesNotMatch)) &&
    (uploadedBefore === undefined || uploadedMs < Number(uploadedBefore)) &&
    (uploadedAfter === undefined || uploadedMs > Number(uploadedAfter))
  );
}

/** The part that is wished for, by numbers or by a Range header of one range. */
export function partOf(sizeBytes: number, wish: RangeWish | undefined, header: string | undefined): Part {
  const { offset, length, suffix } = wish ?? wishOf(header);
  if (suffix !== undefined) {
    const count = Math.min(Number(suffix), sizeBytes);
    return { offset: sizeBytes - count, length: count };
  }
  const start = Number(offset ?? 0);
  const rest = sizeBytes - start;
  return { offset: start, length: length === undefined ? rest : Math.min(Number(length), rest) };
}

function wishOf(header: string | undefined): RangeWish {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined) return {};
  if (first === "") return { suffix: last };
  return { offset: first, ...(last === "" ? {} : { length: Number(last) - Number(first) + 1 }) };
}

export function describe(object: StoredObject, part?: Part) {
  const { key, bytes, etag, sha256, uploadedMs, httpFields = {}, customFields = [] } = object;
  return {
    name: key,
    version: etag,
    size: bytes.length,
    etag,
    uploaded: uploadedMs,
    httpFields,
    customFields,
    range: part ?? { offset: 0, length: bytes.length },
    checksums: { 0: etag, ...(sha256 === null ? {} : { 2: sha256 }) },
  };
}
