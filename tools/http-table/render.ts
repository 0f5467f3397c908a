/** The tables as docs/http.md and docs/faults.md. */
import { FAULTS, type Outcome } from "./faults.ts";
import { FORMS, type Row } from "./row.ts";
import { SECTIONS } from "./table.ts";

const INTRODUCTION = `# Requests and answers

Written by \`npm run docs:http\` from tools/http-table, the same rows that test/routes/http-table.test.ts sends to the
Worker. Each is answered the same whether the voice is stored or new; only \`Cache-Status\` differs. A new
voice makes one call to WeChat, for the first request and for all that come meanwhile.

* **Forms**: \`/v1/voices/{mediaId}.{form}\` with the forms \`${FORMS.join("`, `")}\`. *Audio* is all but \`json\`, which says what is
  stored: that changes, so it has no date and is not cached.
* **Whole** is 200 and **part** is 206, with \`Content-Type\`, \`Content-Length\`, \`Accept-Ranges: bytes\`, \`ETag\`, \`Last-Modified\` (when the
  voice was fetched), \`Cache-Control\` (audio \`private, max-age=86400, immutable\`; json \`private, no-cache\`),
  \`Cache-Status\`, \`Content-Disposition\` and \`Server-Timing\`; a part has \`Content-Range\` too. The answer to HEAD is the same without the body.
* **304** has the same headers except those of the content. **412** and **416** have \`ETag\` and \`Last-Modified\`, 416 also \`Content-Range: bytes */N\`.
* **Problems** are \`application/problem+json\` and \`Cache-Control: no-store\`; the README lists their codes.
* Every answer has \`X-Request-Id\` and the security headers of src/http/security-headers.ts. \`Vary\` is there only where it is listed below.
* Conditions are checked first, then HEAD, then the range (RFC 9110 §13.2.2). HEAD doesn't decode.

\`{etag}\`, \`{date}\` and \`{bytes}\` are the form's own.
`;

const HEAD = ["| what | request | of | answer |", "|---|---|---|---|"];

/** One table; a section begins with a row of its own. */
export function renderTable(): string {
  const rows = SECTIONS.flatMap(({ title, rows }) => [`| **${title}** | | | |`, ...rows.map(renderRow)]);
  return `${[INTRODUCTION, ...HEAD, ...rows].join("\n")}\n`;
}

function renderRow(row: Row): string {
  const headers = Object.entries(row.headers ?? {}).map(([name, value]) =>
    code(`${headerName(name)}: ${value}`),
  );
  const caller = row.caller === undefined || row.caller === "reader" ? [] : [CALLERS[row.caller]];
  const settings = Object.entries(row.settings ?? {}).map(
    ([name, value]) => `${code(name)} is ${code(value)}`,
  );
  const request = [code(requestLine(row)), ...headers, ...caller, ...settings].join("<br>");
  return `| ${row.request} | ${request} | ${subject(row)} | ${answer(row)} |`;
}

const CALLERS = {
  nobody: "no key",
  scopeless: "a key without the scope",
  deleter: "a key with `voices:delete`",
};

function requestLine({ method = "GET", path }: Row): string {
  return path === undefined ? method : `${method} ${path.replace("/v1/voices/", "…/")}`;
}

function subject({ forms = FORMS, path, voices }: Row): string {
  const isNegotiated = path !== undefined && !path.includes("{form}");
  const audio = FORMS.filter((form) => form !== "json");
  const names =
    forms.length === FORMS.length ? "every form" : forms.join() === audio.join() ? "audio" : forms.join(", ");
  const states = (voices ?? [])
    .filter((state) => state !== "new" && state !== "stored")
    .map((state) => STATES[state]);
  return [...(isNegotiated ? [] : [names]), ...states].join("; ");
}

const STATES = { gone: "unknown to WeChat", "not-speex": "not Speex", "too-long": "too long" };

/** What the reader can't know from the introduction. */
function answer({ answer: { status, code: problemCode, body, headers }, forms }: Row): string {
  const told = ["content-range", "allow", "www-authenticate", "vary", "access-control-allow-origin"];
  const named = Object.entries(headers)
    .filter(([name, value]) => value !== null && told.includes(name))
    .map(([name, value]) => code(`${headerName(name)}: ${value}`));
  const what =
    problemCode === undefined
      ? { all: "whole", part: "part", none: "no body", problem: "" }[body]
      : code(problemCode);
  const form =
    forms?.length === 1 && named.some((header) => header.includes("Vary: Accept")) && status === 200
      ? `, ${forms[0]}`
      : "";
  return [`**${status}** ${what}${form}`, ...named].join("<br>");
}

function headerName(name: string): string {
  if (name === "etag") return "ETag";
  return name.replace(/(^|-)([a-z])/g, (letter) => letter.toUpperCase()).replace("Www", "WWW");
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

const FAULTS_INTRODUCTION = `# What clients get when WeChat fails

Written by \`npm run docs:http\` from tools/http-table/faults.ts; test/routes/fault-table.test.ts plays every row against the
Worker, as \`.speex\` and as \`.wav\`. The three columns are requests for a voice that isn't stored, while the fault lasts.

**A stored voice is answered as always,** whatever WeChat does: 200 with all bytes, 206 with the part, HEAD's 200; WeChat is not asked.

*all*, *part*: the right bytes. *cut*: the status had been sent before the fault happened, so the body ends before its Content-Length
and the connection is closed; the bytes until there are right. *problem*: \`application/problem+json\`, with Retry-After if waiting helps.
An incomplete voice is never stored. (¹ WeChat's Content-Length is believed until the body ends: it is in our Content-Length and in a WAV's header.)

| WeChat | GET | \`Range: bytes=0-99\` | HEAD | stored afterwards |
|---|---|---|---|---|
`;

export function renderFaults(): string {
  const rows = FAULTS.map(({ fault, believesLength, miss, range, head, stored }) => {
    const note = believesLength ? " ¹" : "";
    return `| ${fault}${note} | ${outcome(miss)} | ${outcome(range)} | ${outcome(head)} | ${stored} |`;
  });
  return `${FAULTS_INTRODUCTION}${rows.join("\n")}\n`;
}

function outcome({ status, body }: Outcome): string {
  return `${status} ${body === "none" ? "–" : body}`;
}
