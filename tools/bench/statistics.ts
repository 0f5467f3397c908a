export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values that lie next to each other it takes its share of both. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
