/** A voice's frames of 60 bytes, and what may happen to them. */
import { concatenate, noise } from "./bytes.ts";
import type { FrameDamage } from "./misbehaviour.ts";

/** Bytes of one wideband Speex frame at WeChat's quality 7. */
const FRAME_BYTES = 60;

const DAMAGED: Readonly<Record<FrameDamage, (frame: number) => Uint8Array>> = {
  zeros: () => new Uint8Array(FRAME_BYTES),
  ones: () => new Uint8Array(FRAME_BYTES).fill(0xff),
  noise: (frame) => noise(FRAME_BYTES, frame + 1),
};

/** The voice with `frameCount` of its frames spoilt, from `fromFrame` on. Its length stays. */
export function damageFrames(
  voice: Uint8Array,
  frameCount: number,
  as: FrameDamage,
  fromFrame = 0,
): Uint8Array<ArrayBuffer> {
  const damaged = new Uint8Array(voice);
  for (let frame = fromFrame; frame < fromFrame + frameCount; frame++) {
    const there = damaged.subarray(frame * FRAME_BYTES, (frame + 1) * FRAME_BYTES);
    there.set(DAMAGED[as](frame).subarray(0, there.length));
  }
  return damaged;
}

/** Every 60-byte frame behind a byte that holds its length; a last, shorter one behind its own length. */
export function frameWithHeaderBytes(voice: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < voice.length; offset += FRAME_BYTES) {
    const frame = voice.subarray(offset, offset + FRAME_BYTES);
    parts.push(Uint8Array.of(frame.length), frame);
  }
  return concatenate(parts);
}

/** The bytes from `atByte` on, `count` of them, with the bits of `xor` flipped. */
export function flipBits(
  bytes: Uint8Array,
  atByte: number,
  count: number,
  xor: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes).map((byte, index) =>
    index >= atByte && index < atByte + count ? byte ^ xor : byte,
  );
}
