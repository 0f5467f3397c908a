/**
 * SILK as Skype's SDK writes it and as WeChat does: a name, then blocks of 20 ms behind their length in 16 bits. The SDK
 * ends with a length of −1; WeChat doesn't, and puts a byte 0x02 in front of the name. The blocks hold noise.
 */
import { concatenate, littleEndian, noise, utf8 } from "../bytes.ts";

const BLOCKS_PER_SECOND = 50;
const BLOCK_BYTES = 40;
const NAME = "#!SILK_V3";
const END = 0xffff;
const WECHAT_PREFIX = 0x02;

export function silk(seconds: number, writer: "sdk" | "wechat"): Uint8Array<ArrayBuffer> {
  const blocks = Array.from({ length: Math.round(seconds * BLOCKS_PER_SECOND) }, (_, index) =>
    concatenate([littleEndian(BLOCK_BYTES, 2), noise(BLOCK_BYTES, index + 1)]),
  );
  return writer === "wechat"
    ? concatenate([[WECHAT_PREFIX], utf8(NAME), ...blocks])
    : concatenate([utf8(NAME), ...blocks, littleEndian(END, 2)]);
}
