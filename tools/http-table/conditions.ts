import { DATED, FAILED, NOT_MODIFIED, part, WHOLE } from "./answers.ts";
import type { Row } from "./row.ts";

const EARLIER = "Sun, 06 Nov 1994 08:49:37 GMT";

export const CONDITIONS: readonly Row[] = [
  { request: "unless it is this one", headers: { "if-none-match": "{etag}" }, answer: NOT_MODIFIED },
  {
    request: "… weakly, among others",
    headers: { "if-none-match": '"a,b", W/{etag}, "c"' },
    answer: NOT_MODIFIED,
  },
  { request: "unless there is any", headers: { "if-none-match": "*" }, answer: NOT_MODIFIED },
  { request: "unless it is another", headers: { "if-none-match": '"another"' }, answer: WHOLE },
  {
    request: "its headers, unless it is this one",
    method: "HEAD",
    headers: { "if-none-match": "{etag}" },
    answer: NOT_MODIFIED,
  },
  {
    request: "a range, unless it is this one",
    headers: { "if-none-match": "{etag}", range: "bytes=0-1" },
    answer: NOT_MODIFIED,
  },
  {
    request: "a range, unless it is another",
    headers: { "if-none-match": '"another"', range: "bytes=0-1" },
    answer: part("0", "1", "2"),
  },
  {
    request: "a tag, which counts more than a date",
    headers: { "if-none-match": '"another"', "if-modified-since": "{date}" },
    answer: WHOLE,
  },
  {
    request: "if newer than it is",
    headers: { "if-modified-since": "{date}" },
    forms: DATED,
    answer: NOT_MODIFIED,
  },
  { request: "if newer than long ago", headers: { "if-modified-since": EARLIER }, answer: WHOLE },
  { request: "if newer than nonsense", headers: { "if-modified-since": "1" }, answer: WHOLE },
  {
    request: "if newer, of a form without a date",
    headers: { "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT" },
    forms: ["json"],
    answer: WHOLE,
  },
  { request: "if it is this one", headers: { "if-match": '"c", {etag}' }, answer: WHOLE },
  { request: "if there is any", headers: { "if-match": "*" }, answer: WHOLE },
  { request: "if it is another", headers: { "if-match": '"another"' }, answer: FAILED },
  { request: "if it is weakly this one", headers: { "if-match": "W/{etag}" }, answer: FAILED },
  {
    request: "a range, if it is another",
    headers: { "if-match": '"another"', range: "bytes=0-1" },
    answer: FAILED,
  },
  { request: "if not newer than it is", headers: { "if-unmodified-since": "{date}" }, answer: WHOLE },
  {
    request: "if not newer than long ago",
    headers: { "if-unmodified-since": EARLIER },
    forms: DATED,
    answer: FAILED,
  },
  { request: "if not newer than nonsense", headers: { "if-unmodified-since": "1" }, answer: WHOLE },
];
