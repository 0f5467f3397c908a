/** Simultaneous requests for one voice in several forms, whole and in part, and whether each got what it must. */
import { createPacketSplitter } from "../../src/audio/framing.ts";
import { oggSerial } from "../../src/audio/ogg/crc.ts";
import { createOggWriter } from "../../src/audio/ogg.ts";
import { AUTHORIZATION } from "./local.ts";

const [KEY = "", VALUE = ""] = AUTHORIZATION.split(/: (.*)/);

/** One way to ask for a voice. */
export interface Wish {
  readonly form: "speex" | "wav" | "ogg";
  readonly method: "GET" | "HEAD";
  /** First and last byte; null: the whole. */
  readonly range: readonly [number, number] | null;
}

export const WISHES: readonly Wish[] = [
  { form: "speex", method: "GET", range: null },
  { form: "wav", method: "GET", range: null },
  { form: "ogg", method: "GET", range: null },
  { form: "wav", method: "GET", range: [0, 1] },
  { form: "wav", method: "HEAD", range: null },
  { form: "speex", method: "GET", range: [700, 1_299] },
  { form: "wav", method: "GET", range: [7_000, 9_999] },
  { form: "ogg", method: "HEAD", range: null },
  { form: "ogg", method: "GET", range: [100, 900] },
  { form: "speex", method: "HEAD", range: null },
];

/** Asks, and tells what was wrong with the answer. Null: nothing. */
export async function grant(
  origin: string,
  mediaId: string,
  { form, method, range }: Wish,
  right: Uint8Array,
): Promise<string | null> {
  const what = `${method} .${form}${range ? ` ${range.join("-")}` : ""}`;
  try {
    const response = await fetch(`${origin}/v1/voices/${mediaId}.${form}`, {
      method,
      headers: { [KEY]: VALUE, ...(range ? { range: `bytes=${range.join("-")}` } : {}) },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const part = range ? right.subarray(range[0], range[1] + 1) : right;
    const { status, headers } = response;
    if (status !== (range ? 206 : 200)) return `${what}: ${status} ${new TextDecoder().decode(bytes)}`;
    if (headers.get("content-length") !== String(part.length)) return `${what}: another length`;
    const expected = method === "HEAD" ? new Uint8Array(0) : part;
    return Buffer.compare(bytes, expected) === 0 ? null : `${what}: ${bytes.length} other bytes`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `${what}: ${message} ${cause instanceof Error ? cause.message : ""}`;
  }
}

/** The Ogg form of a voice. The media id names its stream. */
export function oggOf(mediaId: string, speex: Uint8Array): Uint8Array {
  const splitter = createPacketSplitter();
  const writer = createOggWriter({ serial: oggSerial(mediaId) });
  return Buffer.concat([writer.write(splitter.write(speex)), writer.write(splitter.end().run), writer.end()]);
}

/** Runs `work` for 0 … count − 1, so many at a time. */
export async function inTurns(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
