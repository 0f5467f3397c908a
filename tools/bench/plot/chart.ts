/** A chart of lines as SVG, small enough to be read in a diff: no script, no style sheet, no font of its own. */
import { linearScale, logScale, roundOut, type Scale, type Span, spread } from "./scale.ts";

export interface Series {
  readonly name: string;
  /** Which of the colours, from 0. The same thing has the same one in every chart. */
  readonly colour: number;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Axis {
  readonly label: string;
  readonly kind: "log" | "linear";
  /** Default: as far as the points reach, on a log scale to the next round value. */
  readonly domain?: Span;
  /** What is written at a tick. */
  readonly write: (value: number) => string;
  /** In place of the ticks that the scale finds. */
  readonly ticks?: readonly number[];
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A line right across, such as a limit. */
  readonly marks?: readonly { readonly name: string; readonly y: number }[];
}

const WIDTH = 620;
const HEIGHT = 400;
/** Between the drawing's edge and the plot: titles, numbers, and at the right the lines' names. */
const MARGIN = { top: 40, right: 170, bottom: 48, left: 62 };
const LABEL_GAP = 15;
/** Told apart by the colour-blind as well: the palette of Okabe and Ito. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56524c", "#e69f00"];
const INK = "#222";
const FAINT = "#ddd";

/** Several charts beside each other make one drawing. */
export function drawing(charts: readonly Chart[]): string {
  const width = WIDTH * charts.length;
  const parts = charts.map(
    (chart, index) => `<g transform="translate(${index * WIDTH} 0)">\n${draw(chart)}\n</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">
<title>${charts.map(({ title }) => title).join("; ")}</title>
<rect width="${width}" height="${HEIGHT}" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

function draw({ title, x, y, series, marks = [] }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const left = MARGIN.left;
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const xs = scaleOf(
    x,
    points.map((point) => point.x),
    { from: left, to: right },
  );
  const ys = scaleOf(
    y,
    [...points, ...marks].map((point) => point.y),
    { from: bottom, to: MARGIN.top },
  );
  const names = spread(
    series.map(({ points }) => ys.place(points.at(-1)?.y ?? 1)),
    LABEL_GAP,
  );
  return [
    text(left, 22, title, `font-size="14" font-weight="bold"`),
    ...(x.ticks ?? xs.ticks).flatMap((tick) => [
      line(
        [
          [xs.place(tick), MARGIN.top],
          [xs.place(tick), bottom],
        ],
        FAINT,
      ),
      text(xs.place(tick), bottom + 17, x.write(tick), `text-anchor="middle"`),
    ]),
    ...(y.ticks ?? ys.ticks).flatMap((tick) => [
      line(
        [
          [left, ys.place(tick)],
          [right, ys.place(tick)],
        ],
        FAINT,
      ),
      text(left - 7, ys.place(tick) + 4, y.write(tick), `text-anchor="end"`),
    ]),
    text((left + right) / 2, HEIGHT - 10, x.label, `text-anchor="middle"`),
    `<text transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${xml(y.label)}</text>`,
    ...marks.flatMap((mark) => [
      line(
        [
          [left, ys.place(mark.y)],
          [right, ys.place(mark.y)],
        ],
        INK,
        `stroke-dasharray="4 4"`,
      ),
      text(left + 6, ys.place(mark.y) + LABEL_GAP, mark.name),
    ]),
    ...series.flatMap(({ name, colour: wanted, points }, index) => {
      const colour = COLOURS[wanted % COLOURS.length] ?? INK;
      const places = points.map((point) => [xs.place(point.x), ys.place(point.y)] as const);
      return [
        line(places, colour, `stroke-width="2"`),
        ...places.map(([cx, cy]) => `<circle cx="${short(cx)}" cy="${short(cy)}" r="2.5" fill="${colour}"/>`),
        text(right + 10, (names[index] ?? 0) + 4, name, `fill="${colour}"`),
      ];
    }),
  ].join("\n");
}

function scaleOf({ kind, domain }: Axis, values: readonly number[], range: Span): Scale {
  const reach = { from: Math.min(...values), to: Math.max(...values) };
  if (kind === "linear") return linearScale(domain ?? reach, range);
  return logScale(domain ?? roundOut(reach), range);
}

function line(places: readonly (readonly [number, number])[], colour: string, more = ""): string {
  const path = places.map(([px, py]) => `${short(px)},${short(py)}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${colour}"${more && ` ${more}`}/>`;
}

function text(x: number, y: number, content: string, more = ""): string {
  return `<text x="${short(x)}" y="${short(y)}"${more && ` ${more}`}>${xml(content)}</text>`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function xml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
