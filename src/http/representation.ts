/**
 * Sends one representation of a resource as RFC 9110 wants it: preconditions first, then ranges, then the body,
 * with the headers that each of these answers must carry.
 */
import { ServiceError } from "../errors.ts";
import { evaluatePreconditions, ifRangeHolds, type Validators } from "./conditional.ts";
import { formatHttpDate } from "./date.ts";
import { type ByteRange, rangeLength, readRange } from "./range.ts";

export interface Representation extends Validators {
  readonly mediaType: string;
  readonly lengthBytes: number;
  /** The bytes, of known length. Called at most once. */
  body(range: ByteRange | null): Promise<ReadableStream<Uint8Array> | Uint8Array>;
  /** Closes what was opened, if the body is not needed. */
  discard(): Promise<void>;
}

/** Answers a GET or HEAD. `headers` are those that say something about the resource, for every answer. */
export async function sendRepresentation(
  request: Request,
  representation: Representation,
  headers: Headers,
): Promise<Response> {
  const { lengthBytes, mediaType } = representation;
  const validators = validatorHeaders(representation);
  for (const [name, value] of Object.entries(validators)) headers.set(name, value);
  headers.set("accept-ranges", "bytes");

  const verdict = evaluatePreconditions(request.headers, representation);
  if (verdict !== "proceed") {
    await representation.discard();
    if (verdict === "not-modified") return new Response(null, { status: 304, headers });
    throw new ServiceError("precondition-failed", `This is the version ${representation.etag}.`, {
      headers: validators,
    });
  }

  headers.set("content-type", mediaType);
  if (request.method === "HEAD") {
    await representation.discard();
    headers.set("content-length", String(lengthBytes));
    return new Response(null, { headers });
  }

  const rangeHeader = ifRangeHolds(request.headers, representation) ? request.headers.get("range") : null;
  const range = readRange(rangeHeader, lengthBytes);
  if (range === "unsatisfiable") {
    await representation.discard();
    throw new ServiceError("range-not-satisfiable", `The body has ${lengthBytes} bytes.`, {
      headers: { ...validators, "content-range": `bytes */${lengthBytes}`, "accept-ranges": "bytes" },
    });
  }
  headers.set("content-length", String(range ? rangeLength(range) : lengthBytes));
  if (!range) return new Response(await representation.body(null), { headers });
  headers.set("content-range", `bytes ${range.first}-${range.last}/${lengthBytes}`);
  return new Response(await representation.body(range), { status: 206, headers });
}

function validatorHeaders({ etag, lastModifiedMs }: Validators): Record<string, string> {
  return lastModifiedMs === null ? { etag } : { etag, "last-modified": formatHttpDate(lastModifiedMs) };
}
