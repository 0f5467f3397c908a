/** From values to places on a drawing. */

export interface Scale {
  place(value: number): number;
  /** Where lines of the grid go: round values within the domain. */
  readonly ticks: readonly number[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Every decade the same width, for values above 0. Ticks at 1, 2 and 5 of each decade; of more than two decades at 1. */
export function logScale(domain: Span, range: Span): Scale {
  if (!(domain.from > 0 && domain.to > domain.from)) throw new RangeError(describe(domain));
  const decades = Math.log10(domain.to / domain.from);
  const first = Math.floor(Math.log10(domain.from));
  const ticks: number[] = [];
  for (let exponent = first; 10 ** exponent <= domain.to; exponent++) {
    for (const step of decades > 2 ? [1] : [1, 2, 5]) {
      const tick = Number(`${step}e${exponent}`);
      if (tick >= domain.from && tick <= domain.to) ticks.push(tick);
    }
  }
  return {
    ticks,
    place: (value) => range.from + ((range.to - range.from) * Math.log10(value / domain.from)) / decades,
  };
}

/** From the 1, 2 or 5 of its decade at or below it to the one at or above it. */
export function roundOut({ from, to }: Span): Span {
  const steps = [1, 2, 5, 10];
  const decade = (value: number) => Math.floor(Math.log10(value));
  const below = steps.findLast((step) => Number(`${step}e${decade(from)}`) <= from) ?? 1;
  const above = steps.find((step) => Number(`${step}e${decade(to)}`) >= to) ?? 10;
  return { from: Number(`${below}e${decade(from)}`), to: Number(`${above}e${decade(to)}`) };
}

/** Some five ticks, 1, 2 or 5 times a power of ten apart. */
export function linearScale(domain: Span, range: Span): Scale {
  const width = domain.to - domain.from;
  if (!(width > 0)) throw new RangeError(describe(domain));
  const rough = width / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let count = Math.ceil(domain.from / step); count * step <= domain.to; count++)
    ticks.push(count * step);
  return {
    ticks,
    place: (value) => range.from + ((range.to - range.from) * (value - domain.from)) / width,
  };
}

/** Places for labels that want to stand at `wanted`, at least `gap` apart, in the order in which they came. */
export function spread(wanted: readonly number[], gap: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const places = [...wanted];
  let lowest = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    lowest = Math.max(wanted[index] ?? 0, lowest + gap);
    places[index] = lowest;
  }
  return places;
}

function describe({ from, to }: Span): string {
  return `no scale from ${from} to ${to}`;
}
