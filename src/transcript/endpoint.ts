/**
 * A transcriber behind an endpoint in OpenAI's manner: OpenAI, Groq, SiliconFlow, or a whisper.cpp, FunASR or SenseVoice server of
 * one's own. https://platform.openai.com/docs/api-reference/audio/createTranscription
 *
 * The key goes to this URL and nowhere else: redirects are not followed.
 */
import type { World } from "../world.ts";
import { quote, refused, retryAfterOf, unavailable } from "./failure.ts";
import { readHeard } from "./heard.ts";
import type { HeardRecording, Recording, Transcriber, TranscriberHints } from "./transcriber.ts";

export interface EndpointSettings {
  readonly url: string;
  /** Null: a server of one's own that asks for none. */
  readonly key: string | null;
  readonly model: string;
}

type ResponseFormat = "verbose_json" | "json";
type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

/** An hour of speech with the times of its words is about a megabyte. */
const MAX_ANSWER_BYTES = 4_000_000;
/** What else than 5xx may pass: time-out, conflict, too early, too many (RFC 9110, RFC 6585, RFC 8470). */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export function createEndpointTranscriber(
  { url, key, model }: EndpointSettings,
  world: Pick<World, "fetch" | "startTimer" | "nowMs">,
): Transcriber {
  /** OpenAI's models after Whisper know no times: they refuse `verbose_json`. */
  let format: ResponseFormat = "verbose_json";

  async function transcribe(
    recording: Recording,
    hints: TranscriberHints,
    timeoutMs: number,
  ): Promise<HeardRecording> {
    const controller = new AbortController();
    const late = Promise.withResolvers<never>();
    const stopTimer = world.startTimer(timeoutMs, () => {
      late.reject(unavailable("The transcriber did not answer in time."));
      controller.abort();
    });
    try {
      return await Promise.race([ask(recording, hints, controller.signal), late.promise]);
    } finally {
      stopTimer();
    }
  }

  async function ask(recording: Recording, hints: TranscriberHints, signal: AbortSignal) {
    let answer = await post(recording, hints, signal);
    if (format === "verbose_json" && refusesFormat(answer)) {
      format = "json";
      answer = await post(recording, hints, signal);
    }
    requireSuccess(answer);
    const heard = readHeard(answer.body, recording.durationSeconds);
    if (heard) return heard;
    throw refused("The transcriber answered with something that is not a transcript in OpenAI's manner.");
  }

  async function post(recording: Recording, hints: TranscriberHints, signal: AbortSignal): Promise<Answer> {
    const form = new FormData();
    form.set("file", new File([recording.bytes], recording.filename, { type: recording.mediaType }));
    form.set("model", model);
    form.set("response_format", format);
    if (hints.language !== null) form.set("language", hints.language);
    const headers = key === null ? {} : { authorization: `Bearer ${key}` };
    let hasAnswered = false;
    try {
      const response = await world.fetch(url, {
        method: "POST",
        headers,
        body: form,
        redirect: "manual",
        signal,
      });
      hasAnswered = true;
      const body = parseJson(await readText(response));
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      // The runtime's own text can quote the URL, and with it a key.
      const what = hasAnswered ? "broke off its answer" : "could not be reached";
      throw unavailable(`The transcriber ${what}.`, { cause });
    }
  }

  function requireSuccess({ status, headers, body }: Answer): void {
    if (status >= 200 && status < 300) return;
    if (status === 401 || status === 403) {
      throw refused(`The transcriber refused TRANSCRIBER_KEY with HTTP status ${status}.`);
    }
    const words = quote(messageIn(body), key);
    const detail = `The transcriber answered with HTTP status ${status}${words === "" ? "." : `: ${words}`}`;
    if (status < 500 && !PASSING_STATUS.has(status)) throw refused(detail);
    const retryAfterSeconds = retryAfterOf(headers, world.nowMs());
    throw unavailable(detail, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  }

  return { name: "endpoint", model, transcribe };
}

function refusesFormat({ status, body }: Answer): boolean {
  const error = errorIn(body);
  return (
    (status === 400 || status === 422) &&
    (error?.param === "response_format" || /response_format|verbose_json/.test(String(messageIn(body))))
  );
}

/** OpenAI's `{"error":{"message"}}`, and what its imitators say: `{"error":"…"}`, `{"message"}`, `{"detail"}`. */
function messageIn(body: unknown): unknown {
  const fields = body as { error?: unknown; message?: unknown; detail?: unknown } | null;
  const simple = typeof fields?.error === "string" ? fields.error : (fields?.message ?? fields?.detail);
  return errorIn(body)?.message ?? simple;
}

function errorIn(body: unknown): { message?: unknown; param?: unknown } | null {
  const error = (body as { error?: unknown } | null)?.error;
  return typeof error === "object" && error !== null ? error : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** At most MAX_ANSWER_BYTES; the rest is not read. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let lengthBytes = 0;
  for await (const chunk of response.body ?? []) {
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_ANSWER_BYTES) break;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
