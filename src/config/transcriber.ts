/** Who tells what was said: an endpoint in OpenAI's manner, or the `AI` binding where there is one. */
import * as z from "zod/mini";
import { isPrivateWay, secretSchema, textSchema, tidy } from "../schema.ts";
import type { EndpointSettings } from "../transcript/endpoint.ts";
import { DEFAULT_AI_MODEL } from "../transcript/workers-ai.ts";
import { readSetting } from "./reader.ts";
import type { Settings } from "./settings.ts";

export interface TranscriberConfig {
  /** Null: the `AI` binding, if there is one. */
  readonly endpoint: EndpointSettings | null;
  readonly aiModel: string;
}

/** What OpenAI and many servers of one's own call it. */
const DEFAULT_ENDPOINT_MODEL = "whisper-1";
const URL_RULE =
  "must be the whole URL of the endpoint, such as https://api.openai.com/v1/audio/transcriptions, without a user name";
const urlSchema = z
  .string()
  .check(
    tidy("no blanks"),
    z.refine(isEndpoint, { error: URL_RULE, abort: true }),
    z.refine(isPrivateWay, "must begin with https://: only this machine may be asked by http://"),
  );
const modelSchema = textSchema.check(z.maxLength(200, "must have at most 200 characters"));

export function readTranscriber(env: Settings, faults: string[]): TranscriberConfig {
  const url = readSetting(env, "TRANSCRIBER_URL", z.optional(urlSchema), faults);
  const key = readSetting(env, "TRANSCRIBER_KEY", z.optional(secretSchema), faults) ?? null;
  const model = readSetting(env, "TRANSCRIBER_MODEL", z.optional(modelSchema), faults);
  const endpoint = url === undefined ? null : { url, key, model: model ?? DEFAULT_ENDPOINT_MODEL };
  return { endpoint, aiModel: model ?? DEFAULT_AI_MODEL };
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.pathname !== "/"
  );
}
