/** HTTP dates (RFC 9110 §5.6.7). Date.parse accepts nearly anything, even `1`; HTTP has these three forms only. */

const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = "\\d\\d:\\d\\d:\\d\\d";

/** What is sent today: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const FIXED = new RegExp(`^${DAY}, \\d\\d ${MONTH} \\d{4} ${TIME} GMT$`);
/** RFC 850's: `Sunday, 06-Nov-94 08:49:37 GMT`. */
const DASHED = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d\\d-${MONTH}-\\d\\d ${TIME} GMT$`);
/** C's asctime, which names no zone and means GMT: `Sun Nov  6 08:49:37 1994`. */
const ASCTIME = new RegExp(`^${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4}$`);

/** Milliseconds since 1970. NaN for what is no HTTP date: it compares as false with everything, as it must. */
export function parseHttpDate(value: string | null): number {
  const date = value?.trim() ?? "";
  if (FIXED.test(date) || DASHED.test(date)) return Date.parse(date);
  return ASCTIME.test(date) ? Date.parse(`${date} GMT`) : Number.NaN;
}

/** HTTP dates have whole seconds. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
