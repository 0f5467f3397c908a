/** The minute of voice that the bench decodes: 3,000 wideband packets of 60 bytes, as WeChat sends them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { concatenate, readVector } from "../conformance/decode.ts";
import { VECTORS } from "../conformance/vectors.ts";

export const PACKET_BYTES = 60;
const MINUTE_BYTES = 3000 * PACKET_BYTES;
const RECORDING = join(import.meta.dirname, "../../test/fixtures/voices/minute-60s.speex");

/** A spoken minute if the fixtures have one, else a sentence said 28 times. */
export function minuteOfVoice(): Uint8Array {
  if (existsSync(RECORDING)) return new Uint8Array(readFileSync(RECORDING)).slice(0, MINUTE_BYTES);
  const sentence = VECTORS.find(({ name }) => name === "wb-q7");
  if (!sentence) throw new Error("no vector wb-q7");
  const packets = concatenate(readVector(sentence).packets);
  const minute = new Uint8Array(MINUTE_BYTES);
  for (let at = 0; at < minute.length; at++) minute[at] = packets[at % packets.length] ?? 0;
  return minute;
}
