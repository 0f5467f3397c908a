/**
 * Every kind of request for a voice, and its answer. docs/http.md is written from it (main.ts), and
 * test/routes/http-table.test.ts asks it of the Worker, row by row: in every form named, of a voice never seen before and
 * of a stored one.
 */
import { CONDITIONS } from "./conditions.ts";
import { FAILURES } from "./failures.ts";
import { NEGOTIATION } from "./negotiation.ts";
import { OTHERS } from "./others.ts";
import { IF_RANGES, RANGES } from "./ranges.ts";
import type { Row } from "./row.ts";

export const SECTIONS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  { title: "Whole and in part", rows: RANGES },
  { title: "A part, if unchanged (If-Range)", rows: IF_RANGES },
  { title: "Conditions", rows: CONDITIONS },
  { title: "By Accept, without a suffix", rows: NEGOTIATION },
  { title: "Failures", rows: FAILURES },
  { title: "Deletion, and other sites", rows: OTHERS },
];
