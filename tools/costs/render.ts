/** docs/costs.md: what each kind of request costs, what storing pays, and which limit is met first. */
import { add, FLOWS, SOURCE_GB, type Usage, WAV_GB } from "./flows.ts";
import { METERS, type MeterName, PAID_PLAN_DOLLARS, STORED_GB_MONTH_DOLLARS } from "./prices.ts";

const VOICES = 1_000;
const DAY_SECONDS = 86_400;
const MONTH_DAYS = 30;

export function renderCosts(): string {
  return `# What it costs

Written by \`npm run docs:costs\` from \`tools/costs\`; \`npm run check\` fails when it is not fresh. Prices are Cloudflare's of November 2026, beyond what a plan
includes. A voice is a minute long here. The paid plan itself is $${PAID_PLAN_DOLLARS} a month; traffic out of Cloudflare is free.

## A thousand requests

| a thousand times | dollars | of which |
|---|---|---|
${Object.values(FLOWS)
  .map(({ name, usage }) => `| ${name} | ${dollars(costOf(usage) * VOICES)} | ${shares(usage)} |`)
  .join("\n")}

A job has three small records of its own besides (R2 class A), however many voices it fetches.

Storage costs extra: $${STORED_GB_MONTH_DOLLARS} per gigabyte and month, after the first ten. A thousand minutes are ${(SOURCE_GB * VOICES).toFixed(2)} GB of
Speex and ${(WAV_GB * VOICES).toFixed(2)} GB of WAV: ${dollars(SOURCE_GB * VOICES * STORED_GB_MONTH_DOLLARS)} and ${dollars(WAV_GB * VOICES * STORED_GB_MONTH_DOLLARS)} a month.

## When is a WAV worth storing?

A put costs as much as some ${Math.round(METERS.r2Write.dollarsEach / decodingDollars())} decodings, and storage comes on top. So the first request for a voice stores only its source; its WAV is stored
when it is asked for again, or when a job asks for it. With \`STORE_FORMATS=source\` it is never stored. A thousand voices, each played so many times as WAV, kept for 30 days:

| plays a voice | \`source,wav\` | \`source\` |
|---|---|---|
${[1, 2, 10, 100].map((plays) => `| ${plays} | ${dollars(playsDollars(plays, "source,wav"))} | ${dollars(playsDollars(plays, "source"))} |`).join("\n")}

For voices that are played a few times most of the difference is the storage of the WAV. The reason for storing it is time, not money: a stored WAV starts at once everywhere,
needs no Durable Object, and some 8 ms less CPU, of which the free plan allows 10.

## Which limit is met first

Requests at a constant rate: nine of ten for a stored form, one for a new \`.wav\`:

| requests a second | on the free plan | on the paid plan, a month |
|---|---|---|
${[1, 100, 10_000].map((rate) => `| ${rate.toLocaleString("en")} | ${freeVerdict(rate)} | ${paidVerdict(rate)} |`).join("\n")}

WeChat's own quota comes first for new voices: 200,000 downloads a day for an account, which is ${(200_000 / DAY_SECONDS).toFixed(1)} a second. One of an account's sixteen keepers fetches about 50 new voices a
second, so sixteen are far more than enough.
`;
}

function mixOf(requests: number): Usage {
  return add(
    { usage: FLOWS.hit.usage, times: requests * 0.9 },
    { usage: FLOWS.missWav.usage, times: requests * 0.1 },
  );
}

function costOf(usage: Usage): number {
  return entriesOf(usage).reduce((sum, [meter, count]) => sum + METERS[meter].dollarsEach * count, 0);
}

/** The two largest parts. */
function shares(usage: Usage): string {
  const total = costOf(usage);
  return entriesOf(usage)
    .map(([meter, count]) => ({
      name: METERS[meter].name,
      part: (METERS[meter].dollarsEach * count) / total,
    }))
    .sort((a, b) => b.part - a.part)
    .slice(0, 2)
    .map(({ name, part }) => `${name} ${Math.round(part * 100)} %`)
    .join(", ");
}

/** CPU alone: what decoding again costs where the object is awake anyway. */
function decodingDollars(): number {
  return 7 * METERS.cpuMs.dollarsEach;
}

function playsDollars(plays: number, keep: "source,wav" | "source"): number {
  const first = costOf(FLOWS.missWav.usage);
  const source = SOURCE_GB * STORED_GB_MONTH_DOLLARS;
  if (keep === "source") return VOICES * (first + (plays - 1) * costOf(FLOWS.decodeAgain.usage) + source);
  if (plays === 1) return VOICES * (first + source);
  const rest = costOf(FLOWS.secondWav.usage) + (plays - 2) * costOf(FLOWS.hit.usage);
  return VOICES * (first + rest + source + WAV_GB * STORED_GB_MONTH_DOLLARS);
}

/** The meter of the free plan that runs out first, and when. */
function freeVerdict(rate: number): string {
  const perDay = mixOf(rate * DAY_SECONDS);
  const hours = entriesOf(perDay)
    .flatMap(([meter, count]) => {
      const { free, name } = METERS[meter];
      if (!free) return [];
      const allowedPerDay = free.per === "day" ? free.count : free.count / MONTH_DAYS;
      return [{ name, hours: (24 * allowedPerDay) / count }];
    })
    .sort((a, b) => a.hours - b.hours)[0];
  if (!hours || hours.hours >= 24) return "enough";
  return `${hours.name}: used up after ${hours.hours >= 1 ? `${hours.hours.toFixed(0)} hours` : `${(hours.hours * 60).toFixed(0)} minutes`} of a day`;
}

function paidVerdict(rate: number): string {
  const usage = mixOf(rate * DAY_SECONDS * MONTH_DAYS);
  const parts = entriesOf(usage)
    .map(([meter, count]) => ({
      name: METERS[meter].name,
      cost: Math.max(count - METERS[meter].includedPaid, 0) * METERS[meter].dollarsEach,
    }))
    .sort((a, b) => b.cost - a.cost);
  const total = PAID_PLAN_DOLLARS + parts.reduce((sum, { cost }) => sum + cost, 0);
  const [largest] = parts;
  return largest && largest.cost > 0
    ? `${whole(total)}, most of it ${largest.name}`
    : `${whole(total)}: all of it is included`;
}

function entriesOf(usage: Usage): [MeterName, number][] {
  return Object.entries(usage) as [MeterName, number][];
}

function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 0.1 ? 4 : 3)}`;
}

function whole(amount: number): string {
  return `$${Math.round(amount).toLocaleString("en")}`;
}
