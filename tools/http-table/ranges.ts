import { DATED, HEAD, part, UNSATISFIABLE, WHOLE } from "./answers.ts";
import { type Answer, FORMS, type FormName, type Row } from "./row.ts";

const EARLIER = "Sun, 06 Nov 1994 08:49:37 GMT";

export const RANGES: readonly Row[] = [
  { request: "the whole", answer: WHOLE },
  { request: "its headers", method: "HEAD", answer: HEAD },
  {
    request: "the first two bytes, as Safari does first",
    headers: { range: "bytes=0-1" },
    answer: part("0", "1", "2"),
  },
  {
    request: "from a byte on",
    headers: { range: "bytes=100-" },
    answer: part("100", "{bytes-1}", "{bytes-100}"),
  },
  { request: "the end", headers: { range: "bytes=-100" }, answer: part("{bytes-100}", "{bytes-1}", "100") },
  {
    request: "more bytes than there are",
    headers: { range: "bytes=50-99999999" },
    answer: part("50", "{bytes-1}", "{bytes-50}"),
  },
  {
    request: "a longer end than the whole",
    headers: { range: "bytes=-99999999" },
    answer: part("0", "{bytes-1}", "{bytes}"),
  },
  { request: "a unit in capitals", headers: { range: "Bytes=7-8" }, answer: part("7", "8", "2") },
  { request: "a range after the end", headers: { range: "bytes={bytes}-" }, answer: UNSATISFIABLE },
  { request: "the last zero bytes", headers: { range: "bytes=-0" }, answer: UNSATISFIABLE },
  { request: "several ranges", headers: { range: "bytes=0-1,5-6" }, answer: WHOLE },
  { request: "a range that ends before it begins", headers: { range: "bytes=5-2" }, answer: WHOLE },
  { request: "an unknown unit", headers: { range: "seconds=0-1" }, answer: WHOLE },
  { request: "no range at all", headers: { range: "bytes=-" }, answer: WHOLE },
  { request: "a range of the headers", method: "HEAD", headers: { range: "bytes=0-1" }, answer: HEAD },
];

export const IF_RANGES: readonly Row[] = [
  ["its tag", "{etag}", part("0", "1", "2"), FORMS],
  ["another tag", '"another"', WHOLE, FORMS],
  ["its tag, weak", "W/{etag}", WHOLE, FORMS],
  ["its date", "{date}", part("0", "1", "2"), DATED],
  ["another date", EARLIER, WHOLE, FORMS],
  ["nonsense", "1", WHOLE, FORMS],
].map(([what, value, answer, forms]) => ({
  request: `a range, if it is still ${what}`,
  headers: { range: "bytes=0-1", "if-range": value as string },
  forms: forms as readonly FormName[],
  answer: answer as Answer,
}));
