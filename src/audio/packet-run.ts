/** Cuts runs of packets: a small chunk of input can hold so many that their sound would fill the memory. */
import type { PacketRun } from "./framing.ts";

/** A second, where each packet holds one frame. */
const PACKETS_PER_TURN = 50;

/** The run in parts that are decoded at one go. They alias it. */
export function* turnsOf({ bytes, lengths }: PacketRun): Generator<PacketRun> {
  let offset = 0;
  for (let next = 0; next < lengths.length; next += PACKETS_PER_TURN) {
    const turn = sliceLengths(lengths, next, next + PACKETS_PER_TURN);
    const end = offset + sum(turn);
    yield { bytes: bytes.subarray(offset, end), lengths: turn };
    offset = end;
  }
}

/** The first `count` packets, and those behind them. */
export function splitRun({ bytes, lengths }: PacketRun, count: number): [PacketRun, PacketRun] {
  const first = sliceLengths(lengths, 0, count);
  const boundary = sum(first);
  return [
    { bytes: bytes.subarray(0, boundary), lengths: first },
    { bytes: bytes.subarray(boundary), lengths: sliceLengths(lengths, count, lengths.length) },
  ];
}

function sliceLengths(lengths: ArrayLike<number>, from: number, to: number): number[] {
  return Array.prototype.slice.call(lengths, from, to);
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0);
}
