/** Cuts runs of packets: a small chunk of input can hold so many that their sound would fill the memory. */
import type { PacketRun } from "./framing.ts";

/** A second, at the rates that Speex is made for. */
const FRAMES_PER_TURN = 50;

/** The run in parts that are decoded at one go. They alias it. */
export function* turnsOf({ bytes, lengths }: PacketRun, framesPerPacket = 1): Generator<PacketRun> {
  const packetsPerTurn = Math.max(1, Math.floor(FRAMES_PER_TURN / framesPerPacket));
  let offset = 0;
  for (let next = 0; next < lengths.length; next += packetsPerTurn) {
    const turn = part(lengths, next, next + packetsPerTurn);
    const end = offset + sum(turn);
    yield { bytes: bytes.subarray(offset, end), lengths: turn };
    offset = end;
  }
}

/** The first `count` packets, and those behind them. They alias the run. */
export function splitRun({ bytes, lengths }: PacketRun, count: number): [PacketRun, PacketRun] {
  const first = part(lengths, 0, count);
  const boundary = sum(first);
  return [
    { bytes: bytes.subarray(0, boundary), lengths: first },
    { bytes: bytes.subarray(boundary), lengths: part(lengths, count, lengths.length) },
  ];
}

function part(lengths: PacketRun["lengths"], from: number, to: number): PacketRun["lengths"] {
  if (lengths instanceof Uint8Array || lengths instanceof Uint16Array) return lengths.subarray(from, to);
  return Array.prototype.slice.call(lengths, from, to);
}

function sum(lengths: PacketRun["lengths"]): number {
  let total = 0;
  for (let i = 0; i < lengths.length; i++) total += lengths[i] ?? 0;
  return total;
}
