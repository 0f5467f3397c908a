/**
 * Line spectral pairs: the angles, ascending in (0, π), at which the two halves of the prediction
 * polynomial have their zeros. The stream holds one set a frame; each of the four sub-frames gets a mixture of
 * the last frame's and this one's. Lane s of every vector here belongs to sub-frame s.
 */
import { read } from "./bits";
import {
  HIGH_BAND_LSP_COARSE,
  HIGH_BAND_LSP_FINE,
  LSP_COARSE,
  LSP_HIGH,
  LSP_HIGH_FINE,
  LSP_LOW,
  LSP_LOW_FINE,
} from "./codebooks/lsp";
import { madd } from "./simd";

const PI: f32 = 3.14159265358979;

/** The quantisers' steps, rad: as the format's decoders have them, not exact powers of two. */
const STEP_256: f32 = 0.0039062;
const STEP_512: f32 = 0.0019531;
const STEP_1024: f32 = 0.00097656;

/** Least distance between neighbours, rad. Keeps the synthesis filter stable. */
const NARROWBAND_MARGIN: f32 = 0.002;
const HIGH_BAND_MARGIN: f32 = 0.05;

/** How much of the current frame's set each sub-frame takes. */
const CURRENT_SHARE: usize = memory.data<f32>([0.25, 0.5, 0.75, 1.0]);

/** Sets of the last coded frame, 10 and 8 angles. */
export const LAST_LSP: usize = memory.data(48, 16);
export const LAST_HIGH_BAND_LSP: usize = memory.data(48, 16);

/** The set just read, and room for a vector behind it. */
export const LSP: usize = memory.data(64, 16);

const ZEROS: usize = memory.data(32, 16);

/** Per angle one vector: first the mixtures, then −2cos of them. What lpc.ts starts from. */
export const MINUS_2_COS: usize = memory.data(160, 16);

/** The quantisers as radians, and the sets they are offsets from. Rows may be read 16 bytes too far. */
const COARSE: usize = memory.data(640 * 4 + 16, 16);
const LOW: usize = memory.data(320 * 4 + 16, 16);
const LOW_FINE: usize = memory.data(320 * 4 + 16, 16);
const HIGH: usize = memory.data(320 * 4 + 16, 16);
const HIGH_FINE: usize = memory.data(320 * 4 + 16, 16);
const HIGH_BAND_COARSE: usize = memory.data(512 * 4, 16);
const HIGH_BAND_FINE: usize = memory.data(512 * 4, 16);

/** Expands the tables above; called once. The offsets' origins go into the coarse ones. */
export function prepareLsp(): void {
  prepareCosine();
  expand(LSP_COARSE, COARSE, 640, STEP_256);
  expand(LSP_LOW, LOW, 320, STEP_512);
  expand(LSP_LOW_FINE, LOW_FINE, 320, STEP_1024);
  expand(LSP_HIGH, HIGH, 320, STEP_512);
  expand(LSP_HIGH_FINE, HIGH_FINE, 320, STEP_1024);
  expand(HIGH_BAND_LSP_COARSE, HIGH_BAND_COARSE, 512, STEP_256);
  expand(HIGH_BAND_LSP_FINE, HIGH_BAND_FINE, 512, STEP_512);
  for (let i: usize = 0; i < 640; i++) raise(COARSE + (i << 2), 0.25 * <f32>(<i32>(i % 10) + 1));
  for (let i: usize = 0; i < 512; i++)
    raise(HIGH_BAND_COARSE + (i << 2), 0.3125 * <f32>(<i32>(i & 7)) + 0.75);
}

function expand(from: usize, to: usize, count: usize, step: f32): void {
  for (let i: usize = 0; i < count; i++) store<f32>(to + (i << 2), <f32>load<i8>(from + i) * step);
}

function raise(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
}

/** Reads the narrowband set: 3 indices in the short form, 5 in the long. */
export function readLsp(long: bool): void {
  const field = read(long ? 30 : 18);
  const coarse = COARSE + index(field, long ? 24 : 12) * 40;
  const low = LOW + index(field, long ? 18 : 6) * 20;
  const lowFine = long ? LOW_FINE + index(field, 12) * 20 : ZEROS;
  const high = HIGH + index(field, long ? 6 : 0) * 20;
  const highFine = long ? HIGH_FINE + index(field, 0) * 20 : ZEROS;
  storeSum(LSP, coarse, low, lowFine);
  storeSum(LSP + 20, coarse + 20, high, highFine);
}

/** The 6 bits of `field` that are `down` above its end. */
function index(field: u32, down: u32): usize {
  return (field >> down) & 63;
}

/** Reads the high band's set. */
export function readHighBandLsp(): void {
  const field = read(12);
  const coarse = HIGH_BAND_COARSE + (index(field, 6) << 5);
  const fine = HIGH_BAND_FINE + (index(field, 0) << 5);
  v128.store(LSP, f32x4.add(v128.load(coarse), v128.load(fine)));
  v128.store(LSP, f32x4.add(v128.load(coarse, 16), v128.load(fine, 16)), 16);
}

/** Five angles; the second vector's other three lanes are made up for by who stores next. */
function storeSum(to: usize, a: usize, b: usize, c: usize): void {
  v128.store(to, f32x4.add(v128.load(a), f32x4.add(v128.load(b), v128.load(c))));
  v128.store(to, f32x4.add(v128.load(a, 16), f32x4.add(v128.load(b, 16), v128.load(c, 16))), 16);
}

/** How far the narrowband set has moved since the last frame: the sum of all differences. */
export function lspDistance(): f32 {
  let distance: f32 = 0;
  for (let i: usize = 0; i < 40; i += 4) distance += abs(load<f32>(LSP + i) - load<f32>(LAST_LSP + i));
  return distance;
}

/** Fills MINUS_2_COS of the narrowband and makes the set the last one. `fresh`: there is no last one. */
export function interpolateLsp(fresh: bool): void {
  interpolate(LAST_LSP, 10, NARROWBAND_MARGIN, fresh);
}

/** As `interpolateLsp`, of the high band. */
export function interpolateHighBandLsp(fresh: bool): void {
  interpolate(LAST_HIGH_BAND_LSP, 8, HIGH_BAND_MARGIN, fresh);
}

function interpolate(lastSet: usize, order: usize, margin: f32, fresh: bool): void {
  const share = v128.load(CURRENT_SHARE);
  const last = fresh ? LSP : lastSet;
  const end = order << 2;
  for (let i: usize = 0; i < end; i += 4) {
    const from = v128.load32_splat(last + i);
    const change = f32x4.sub(v128.load32_splat(LSP + i), from);
    v128.store(MINUS_2_COS + (i << 2), madd(share, change, from));
  }
  for (let i: usize = 0; i < end; i += 16) v128.store(lastSet + i, v128.load(LSP + i));
  const top = MINUS_2_COS + ((order - 1) << 4);
  if (tooClose(top, f32x4.splat(margin))) spread(top, margin);
  for (let at = MINUS_2_COS; at < top; at += 32) {
    v128.store(at, minus2Cos(v128.load(at)));
    v128.store(at, minus2Cos(v128.load(at, 16)), 16);
  }
}

/**
 * Whether any angle is nearer than the margin to its neighbour, 0 or π. Looked for first, because it hardly ever
 * happens and mending it is one long chain of dependent steps.
 */
function tooClose(top: usize, margin: v128): bool {
  let least = f32x4.pmin(v128.load(MINUS_2_COS), f32x4.sub(f32x4.splat(PI), v128.load(top)));
  for (let at = MINUS_2_COS; at < top; at += 16)
    least = f32x4.pmin(least, f32x4.sub(v128.load(at, 16), v128.load(at)));
  return v128.any_true(f32x4.lt(least, margin));
}

function spread(top: usize, margin: f32): void {
  const gap = f32x4.splat(margin);
  let angle = f32x4.pmax(v128.load(MINUS_2_COS), gap);
  v128.store(MINUS_2_COS, angle);
  v128.store(top, f32x4.pmin(v128.load(top), f32x4.splat(PI - margin)));
  for (let at = MINUS_2_COS + 16; at < top; at += 16) {
    angle = f32x4.pmax(v128.load(at), f32x4.add(angle, gap));
    // Too near the next: half-way back, which is never above where it stood.
    const back = f32x4.mul(f32x4.splat(0.5), f32x4.sub(f32x4.add(angle, v128.load(at, 16)), gap));
    angle = f32x4.pmin(angle, back);
    v128.store(at, angle);
  }
}

/** π, π/2, the sign bit, then the polynomial's coefficients, the last first and twice each; each in all four lanes. */
const COSINE: usize = memory.data(112, 16);

function prepareCosine(): void {
  v128.store(COSINE, f32x4.splat(PI));
  v128.store(COSINE, f32x4.splat(1.5707963268), 16);
  v128.store(COSINE, f32x4.splat(-0.0), 32);
  v128.store(COSINE, f32x4.splat(2 * -0.0012712095), 48);
  v128.store(COSINE, f32x4.splat(2 * 0.0414877472), 64);
  v128.store(COSINE, f32x4.splat(2 * -0.4999124376), 80);
  v128.store(COSINE, f32x4.splat(2 * 0.9999932946), 96);
}

/**
 * −2cos(x), 0 ≤ x ≤ π, by the polynomial that the format's decoders use: an exact cosine moves the poles
 * far enough to be heard in the figures. Above π/2 it is the mirrored value, sign flipped.
 */
function minus2Cos(x: v128): v128 {
  const mirrored = f32x4.sub(v128.load(COSINE), x);
  const flip = v128.and(f32x4.lt(x, v128.load(COSINE, 16)), v128.load(COSINE, 32));
  const z = f32x4.pmin(x, mirrored);
  const y = f32x4.mul(z, z);
  let sum = madd(y, v128.load(COSINE, 48), v128.load(COSINE, 64));
  sum = madd(y, sum, v128.load(COSINE, 80));
  sum = madd(y, sum, v128.load(COSINE, 96));
  return v128.xor(sum, flip);
}
