/** What the stand-in hears in a form's file, in the format that the form asks for; or what is wrong with the form. */
import { type KnownVoice, RATE_HZ, recognise } from "./hearing.ts";
import { Refused } from "./refusal.ts";

/** Those without times know only the simple formats. */
const MODELS: Readonly<Record<string, "with times" | "without times">> = {
  "whisper-1": "with times",
  "whisper-large-v3": "with times",
  "gpt-4o-transcribe": "without times",
  "gpt-4o-mini-transcribe": "without times",
};
const FORMATS = ["json", "text", "verbose_json"];
const SIMPLE_FORMATS = ["json", "text"];
const SUFFIXES = ["flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm"];
const SHORTEST_SECONDS = 0.1;
const HEADER_BYTES = 44;

interface Spoken extends Pick<KnownVoice, "language" | "sentences"> {
  readonly seconds: number;
}

export async function transcribe(form: FormData): Promise<Response> {
  const model = textField(form, "model");
  if (model === null) throw refusal(400, "you must provide a model parameter", "model");
  const kind = MODELS[model];
  if (!kind) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    throw new Refused({ status: 404, message, code: "model_not_found" });
  }
  const format = textField(form, "response_format") ?? "json";
  if (!FORMATS.includes(format))
    throw refusal(400, `response_format must be one of ${FORMATS}.`, "response_format");
  if (kind === "without times" && !SIMPLE_FORMATS.includes(format)) {
    const message = `response_format '${format}' is not compatible with model '${model}'. Use 'json' or 'text' instead.`;
    throw new Refused({ status: 400, message, param: "response_format", code: "unsupported_value" });
  }
  const language = textField(form, "language");
  if (language !== null && !/^[a-z]{2,3}$/.test(language)) {
    throw refusal(
      400,
      "Language parameter not recognized. Try using the ISO 639-1 two-letter code.",
      "language",
    );
  }
  return render(listen(await wavOf(form.get("file"))), format);
}

/** Only WAV is listened to: whatever else comes is a fault of the gateway. */
async function wavOf(file: File | string | null): Promise<Uint8Array> {
  if (!(file instanceof File)) throw refusal(400, "file: field required", "file");
  const suffix = file.name.split(".").at(-1) ?? "";
  if (!SUFFIXES.includes(suffix)) {
    throw refusal(400, `Invalid file format. Supported formats: ['${SUFFIXES.join("', '")}']`, "file");
  }
  const wav = new Uint8Array(await file.arrayBuffer());
  const fault = faultOf(wav);
  if (fault === null) return wav;
  throw refusal(
    400,
    `The audio file could not be decoded or its format is not supported. (${fault})`,
    "file",
  );
}

/** Stricter than OpenAI: every field of the header has to be right. */
function faultOf(wav: Uint8Array): string | null {
  if (wav.length < HEADER_BYTES) return "it is shorter than a WAV header";
  const fields = new DataView(wav.buffer, wav.byteOffset);
  const name = (at: number) => new TextDecoder("latin1").decode(wav.subarray(at, at + 4));
  if (name(0) !== "RIFF" || name(8) !== "WAVE" || name(12) !== "fmt " || name(36) !== "data")
    return "it is no WAV";
  if (fields.getUint16(20, true) !== 1 || fields.getUint16(22, true) !== 1) return "it is not mono PCM";
  if (fields.getUint32(24, true) !== RATE_HZ || fields.getUint16(34, true) !== 16)
    return "its rate is another";
  if (fields.getUint32(4, true) !== wav.length - 8) return "RIFF's length is wrong";
  return fields.getUint32(40, true) === wav.length - HEADER_BYTES ? null : "data's length is wrong";
}

function listen(wav: Uint8Array): Spoken {
  const pcm = wav.subarray(HEADER_BYTES);
  const seconds = pcm.length / 2 / RATE_HZ;
  if (seconds < SHORTEST_SECONDS) {
    const message = "Audio file is too short. Minimum audio length is 0.1 seconds.";
    throw new Refused({ status: 400, message, param: "file", code: "audio_too_short" });
  }
  const known = recognise(pcm);
  if (known) return { ...known, seconds };
  const sentences = [`(The stand-in does not know this recording of ${seconds.toFixed(2)} s.)`];
  return { language: "english", sentences, seconds };
}

function render({ language, sentences, seconds }: Spoken, format: string): Response {
  const text = sentences.join(" ");
  if (format === "text") return new Response(`${text}\n`, { headers: { "content-type": "text/plain" } });
  if (format === "json")
    return Response.json({ text, usage: { type: "duration", seconds: Math.ceil(seconds) } });
  const total = sentences.reduce((sum, sentence) => sum + sentence.length, 0);
  let begun = 0;
  const segments = sentences.map((sentence, id) => {
    const start = (seconds * begun) / total;
    begun += sentence.length;
    return {
      ...{
        id,
        seek: 0,
        start,
        end: (seconds * begun) / total,
        text: ` ${sentence}`,
        tokens: [],
        temperature: 0,
      },
      ...{ avg_logprob: -0.25, compression_ratio: 1.2, no_speech_prob: 0.01 },
    };
  });
  return Response.json({ task: "transcribe", language, duration: seconds, text, segments });
}

function textField(form: FormData, name: string): string | null {
  const value = form.get(name);
  return typeof value === "string" && value !== "" ? value : null;
}

function refusal(status: number, message: string, param: string): Refused {
  return new Refused({ status, message, param });
}
