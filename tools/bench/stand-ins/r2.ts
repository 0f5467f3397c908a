/**
 * R2 as workerd's binding speaks to it over HTTP. Reading: GET, with the request as JSON in `cf-r2-request`. Writing: PUT,
 * with `cf-r2-metadata-size` bytes of JSON in front of the body. An answer is JSON, as long as its `cf-r2-metadata-size`
 * says, and then the object's bytes.
 */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import {
  type Conditions,
  createObject,
  describe,
  holds,
  type ObjectFields,
  partOf,
  type RangeWish,
  type StoredObject,
} from "./r2-bucket.ts";
import { type StandIn, startStandIn } from "./server.ts";

const NO_SUCH_KEY = { status: 404, v4code: 10007, message: "The specified key does not exist." };
const CONDITION_FAILED = { status: 412, v4code: 10031, message: "A condition did not hold." };
const BAD_DIGEST = { status: 400, v4code: 10037, message: "The checksum is another one." };
const LIST_LIMIT = 1000;

/** Writes and lists are what R2 calls class A, reads class B. */
export interface R2Counts {
  reads: number;
  writes: number;
  lists: number;
}

export interface R2StandIn extends StandIn {
  readonly objects: Map<string, StoredObject>;
  readonly counts: R2Counts;
}

interface R2Request extends ObjectFields {
  readonly method: "get" | "head" | "list" | "put" | "delete";
  readonly object?: string;
  readonly objects?: readonly string[];
  readonly onlyIf?: Conditions;
  readonly range?: RangeWish;
  readonly rangeHeader?: string;
  readonly sha256?: string;
  readonly prefix?: string;
  readonly startAfter?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

export async function startR2StandIn(): Promise<R2StandIn> {
  const objects = new Map<string, StoredObject>();
  const counts: R2Counts = { reads: 0, writes: 0, lists: 0 };
  const standIn = await startStandIn(async (incoming, outgoing) => {
    const header = incoming.headers["cf-r2-request"];
    if (incoming.method === "GET") {
      read(JSON.parse(String(header)) as R2Request, outgoing);
      return;
    }
    const whole = await buffer(incoming);
    const size = Number(incoming.headers["cf-r2-metadata-size"]);
    write(JSON.parse(whole.toString("utf8", 0, size)) as R2Request, whole.subarray(size), outgoing);
  });
  return { ...standIn, objects, counts };

  function read(request: R2Request, outgoing: ServerResponse): void {
    if (request.method === "list") {
      list(request, outgoing);
      return;
    }
    counts.reads++;
    const object = objects.get(request.object ?? "");
    if (!object) refuse(outgoing, NO_SUCH_KEY);
    else if (!holds(request.onlyIf, object)) refuse(outgoing, CONDITION_FAILED, object);
    else if (request.method === "head") answer(outgoing, describe(object));
    else {
      const part = partOf(object.bytes.length, request.range, request.rangeHeader);
      const bytes = object.bytes.subarray(part.offset, part.offset + part.length);
      answer(outgoing, describe(object, part), bytes);
    }
  }

  function write(request: R2Request, bytes: Buffer, outgoing: ServerResponse): void {
    const { method, object: key = "", sha256 = null } = request;
    if (method === "delete") {
      // Deleting is free.
      for (const name of request.objects ?? [key]) objects.delete(name);
      outgoing.writeHead(200).end();
      return;
    }
    counts.writes++;
    if (!holds(request.onlyIf, objects.get(key))) refuse(outgoing, CONDITION_FAILED);
    else if (sha256 !== null && createHash("sha256").update(bytes).digest("hex") !== sha256)
      refuse(outgoing, BAD_DIGEST);
    else {
      const object = createObject(key, bytes, request, sha256);
      objects.set(key, object);
      answer(outgoing, describe(object));
    }
  }

  function list(request: R2Request, outgoing: ServerResponse): void {
    counts.lists++;
    const { prefix = "", limit = LIST_LIMIT } = request;
    const after = request.cursor ?? request.startAfter ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, limit);
    answer(outgoing, {
      objects: page.flatMap((key) => objects.get(key) ?? []).map((object) => describe(object)),
      truncated: keys.length > limit,
      ...(keys.length > limit ? { cursor: page.at(-1) } : {}),
      delimitedPrefixes: [],
    });
  }
}

function answer(outgoing: ServerResponse, description: object, bytes?: Buffer): void {
  const json = Buffer.from(JSON.stringify(description));
  outgoing.writeHead(200, {
    "cf-r2-metadata-size": json.length,
    "content-length": json.length + (bytes?.length ?? 0),
  });
  outgoing.write(json);
  outgoing.end(bytes);
}

function refuse(
  outgoing: ServerResponse,
  { status, v4code, message }: typeof NO_SUCH_KEY,
  object?: StoredObject,
): void {
  const error = { "cf-r2-error": JSON.stringify({ version: 0, v4code, message }) };
  if (!object) {
    outgoing.writeHead(status, error).end();
    return;
  }
  const json = Buffer.from(JSON.stringify(describe(object)));
  outgoing.writeHead(status, { ...error, "cf-r2-metadata-size": json.length }).end(json);
}
