/**
 * AMR and AMR-WB files (RFC 4867 §5): a line that names the kind, then frames of 20 ms. A frame is a byte with its mode
 * (bits 3 to 6) and a bit that says it is good (bit 2), and as many bytes as the mode has. All are silence.
 */
import { concatenate, utf8 } from "../bytes.ts";

const FRAMES_PER_SECOND = 50;
const GOOD = 0x04;

/** Bytes behind the mode's, by mode: 4.75 to 12.2 kbit/s, comfort noise (8), nothing to send (15). */
const NARROWBAND: Readonly<Record<number, number>> = {
  ...{ 0: 12, 1: 13, 2: 15, 3: 17, 4: 19, 5: 20, 6: 26, 7: 31, 8: 5, 15: 0 },
};
/** 6.6 to 23.85 kbit/s, comfort noise (9), lost (14), nothing to send (15). */
const WIDEBAND: Readonly<Record<number, number>> = {
  ...{ 0: 17, 1: 23, 2: 32, 3: 36, 4: 40, 5: 46, 6: 50, 7: 58, 8: 60, 9: 5, 14: 0, 15: 0 },
};

/** Phones send 12.2 kbit/s. `every`: all modes by turns, for those who count by one length. */
export function amr(seconds: number, modes: "usual" | "every" = "usual"): Uint8Array<ArrayBuffer> {
  return file("#!AMR\n", NARROWBAND, seconds, modes === "usual" ? [7] : Object.keys(NARROWBAND).map(Number));
}

export function amrWideband(seconds: number, modes: "usual" | "every" = "usual"): Uint8Array<ArrayBuffer> {
  return file("#!AMR-WB\n", WIDEBAND, seconds, modes === "usual" ? [2] : Object.keys(WIDEBAND).map(Number));
}

function file(
  magic: string,
  lengths: Readonly<Record<number, number>>,
  seconds: number,
  modes: readonly number[],
): Uint8Array<ArrayBuffer> {
  const frames = Array.from({ length: Math.round(seconds * FRAMES_PER_SECOND) }, (_, index) => {
    const mode = modes[index % modes.length] ?? 0;
    return [(mode << 3) | GOOD, ...new Uint8Array(lengths[mode] ?? 0)];
  });
  return concatenate([utf8(magic), ...frames]);
}
