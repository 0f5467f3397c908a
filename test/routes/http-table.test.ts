/** Every row of the table behind docs/http.md, asked of the Worker. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { FORMATS } from "../../src/voice/format.ts";
import { DATED } from "../../tools/http-table/answers.ts";
import {
  type Facts,
  FORMS,
  type FormName,
  fill,
  type Row,
  type VoiceState,
} from "../../tools/http-table/row.ts";
import { SECTIONS } from "../../tools/http-table/table.ts";
import * as accounts from "../support/accounts.ts";
import { voice } from "../support/fixtures.ts";
import { jsonOf, storedKeys, wechat } from "../support/gateway.ts";
import { renewKeepers } from "../support/keepers.ts";
import { fetchApp } from "../support/worker.ts";
import { bend } from "../support/world.ts";

const NOW_MS = Date.parse("2026-10-20T12:00:00.500Z");
const KEYS = {
  reader: accounts.READER_KEY,
  deleter: accounts.DELETER_KEY,
  scopeless: accounts.SCOPELESS_KEY,
};
const WECHAT_HAS_IT: readonly VoiceState[] = ["new", "stored"];
const mediaCalls = (mediaId: string) => wechat.calls({ path: "/cgi-bin/media/get/jssdk", mediaId }).length;

// The same time of fetching in every round, and so the same Last-Modified and the same metadata.
beforeEach(() => {
  bend({ stoppedAtMs: NOW_MS });
});

async function send(row: Row, facts: Facts): Promise<Response> {
  const template = row.path ?? "/v1/voices/{mediaId}.{form}";
  const headers = new Headers();
  for (const [name, value] of Object.entries(row.headers ?? {})) headers.set(name, fill(value, facts));
  const { caller = "reader" } = row;
  if (caller !== "nobody") headers.set("authorization", `Bearer ${KEYS[caller]}`);

  if (row.settings) {
    bend({ settings: row.settings });
    await renewKeepers();
  }
  const context = createExecutionContext();
  const request = new Request(`https://hdvoice.test${fill(template, facts)}`, {
    method: row.method ?? "GET",
    headers,
  });
  const response = await fetchApp(request, env, context);
  const body = response.body === null ? null : await response.arrayBuffer();
  await waitOnExecutionContext(context);
  return new Response(body, response);
}

/** The form as a plain GET gives it, by which the row's answer is judged. */
async function learn(mediaId: string, form: FormName): Promise<{ facts: Facts; whole: Uint8Array }> {
  const unknown = { mediaId, form, etag: "", date: "", bytes: 0, type: "", caching: "", cache: "" };
  const response = await send({ request: "", answer: { status: 200, body: "all", headers: {} } }, unknown);
  const whole = new Uint8Array(await response.arrayBuffer());
  const facts = {
    ...unknown,
    etag: response.headers.get("etag") ?? "",
    date: new Date(NOW_MS).toUTCString(),
    bytes: whole.length,
    type: FORMATS[form].mediaType,
    caching: form === "json" ? "private, no-cache" : "private, max-age=86400, immutable",
  };
  return { facts, whole };
}

const RECORDINGS: Readonly<Record<VoiceState, () => Uint8Array | null>> = {
  new: () => voice("short-half-second"),
  stored: () => voice("short-half-second"),
  gone: () => null,
  "not-speex": () => new TextEncoder().encode(`#!AMR\n${"x".repeat(400)}`),
  "too-long": () => voice("low-3s"),
};

async function arrange(mediaId: string, form: FormName, state: VoiceState) {
  const recording = RECORDINGS[state]();
  if (recording) wechat.addRecording(accounts.APP_ID, mediaId, recording);
  const learned = await learn(mediaId, form);
  if (state !== "stored") {
    const keys = (await storedKeys()).filter((key) => key.includes(`/${mediaId}/`));
    await env.VOICES.delete(keys);
  }
  const [fresh, again] = ["hdvoice; fwd=uri-miss; stored", "hdvoice; hit"];
  const cache = {
    new: fresh,
    stored: again,
    gone: "hdvoice; hit; ttl=60",
    "not-speex": fresh,
    "too-long": fresh,
  }[state];
  // What is kept as it came is called what it is.
  const type = state === "not-speex" && form === "speex" ? "audio/amr" : learned.facts.type;
  return { ...learned, facts: { ...learned.facts, cache, type } };
}

async function check(row: Row, form: FormName, state: VoiceState): Promise<void> {
  const asked = `.${form} of a voice that is ${state}`;
  const { facts, whole } = await arrange(`voice-${form}-${state}`, form, state);
  const callsBefore = mediaCalls(facts.mediaId);
  const response = await send(row, facts);
  const { status, headers, body, code } = row.answer;

  expect(response.status, asked).toBe(status);
  for (const [name, template] of Object.entries(headers)) {
    const isUndated = name === "last-modified" && !DATED.includes(form);
    const expected = template === null || isUndated ? null : fill(template, facts);
    expect(response.headers.get(name), `${name}, ${asked}`).toBe(expected);
  }
  if (body === "problem") {
    expect(await jsonOf(response)).toMatchObject({ status, code });
  } else {
    const [, first = 0, last = -1] =
      /^bytes (\d+)-(\d+)/.exec(response.headers.get("content-range") ?? "") ?? [];
    const parts = {
      all: whole,
      part: whole.subarray(Number(first), Number(last) + 1),
      none: new Uint8Array(0),
    };
    expect(new Uint8Array(await response.arrayBuffer()), asked).toEqual(parts[body]);
  }
  const calls = mediaCalls(facts.mediaId) - callsBefore;
  if (state === "stored" || state === "gone") expect(calls, asked).toBe(0);
  else expect(calls, asked).toBeLessThanOrEqual(1);
}

for (const { title, rows } of SECTIONS) {
  describe(title, () => {
    for (const row of rows) {
      const headers = Object.entries(row.headers ?? {}).map((pair) => pair.join(": "));
      const name = [`${row.method ?? "GET"} ${row.request}`, ...headers, `→ ${row.answer.status}`].join(
        " | ",
      );
      it(name, async () => {
        for (const state of row.voices ?? WECHAT_HAS_IT) {
          await Promise.all((row.forms ?? FORMS).map((form) => check(row, form, state)));
        }
      });
    }
  });
}
