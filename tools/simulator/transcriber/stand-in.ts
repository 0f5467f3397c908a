/**
 * A transcriber in OpenAI's manner, `POST /v1/audio/transcriptions`, multipart. It checks what OpenAI checks, and hears the voices
 * of test/fixtures by their sound (hearing.ts). What it doesn't know it says so.
 * https://platform.openai.com/docs/api-reference/audio/createTranscription
 */

import { transcribe } from "./answer.ts";
import { misbehave, type TranscriberRule } from "./misbehaviour.ts";
import { Refused, refusalResponse, wrongKey } from "./refusal.ts";

export const TRANSCRIPTIONS_PATH = "/v1/audio/transcriptions";
/** Of the stand-in behind a socket. It opens nothing real. */
export const DEMO_TRANSCRIBER_KEY = "sk-simulator-not-a-real-transcriber-key";

/** What was asked, as far as it was understood. */
export interface TranscriberCall {
  readonly model: string | null;
  readonly language: string | null;
  readonly responseFormat: string | null;
  readonly filename: string | null;
  readonly mediaType: string | null;
  readonly lengthBytes: number;
  /** Null while it goes on. */
  readonly status: number | "network-failure" | "aborted" | null;
}

export interface TranscriberStandIn {
  handle(request: Request): Promise<Response>;
  misbehave(rule: TranscriberRule): void;
  /** Drops all rules. */
  behave(): void;
  calls(): readonly TranscriberCall[];
  reset(): void;
}

const MAX_BYTES = 25 * 1024 * 1024;

export function createTranscriberStandIn(key: string = DEMO_TRANSCRIBER_KEY): TranscriberStandIn {
  let rules: { rule: TranscriberRule; left: number }[] = [];
  let calls: TranscriberCall[] = [];

  async function handle(request: Request): Promise<Response> {
    const index = calls.length;
    const note = (more: Partial<TranscriberCall>) => {
      calls[index] = { ...(calls[index] ?? NOTHING_YET), ...more };
    };
    note({});
    try {
      const response = await answer(request, note);
      note({ status: response.status });
      return response;
    } catch (error) {
      note({ status: request.signal.aborted ? "aborted" : "network-failure" });
      throw error;
    }
  }

  async function answer(request: Request, note: (more: Partial<TranscriberCall>) => void): Promise<Response> {
    try {
      requireCaller(request, key);
      const form = await readForm(request);
      note(describe(form));
      const rule = rules.find(({ left }) => left > 0);
      if (rule) rule.left--;
      const instead = rule ? await misbehave(rule.rule, request.signal) : null;
      return instead ?? (await transcribe(form));
    } catch (error) {
      if (error instanceof Refused) return refusalResponse(error.refusal);
      throw error;
    }
  }

  return {
    handle,
    misbehave: (rule) => rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
    behave: () => {
      rules = [];
    },
    calls: () => calls,
    reset() {
      rules = [];
      calls = [];
    },
  };
}

const NOTHING_YET: TranscriberCall = {
  model: null,
  language: null,
  responseFormat: null,
  filename: null,
  mediaType: null,
  lengthBytes: 0,
  status: null,
};

function requireCaller({ method, headers, url }: Request, key: string): void {
  if (method !== "POST") {
    const { pathname } = new URL(url);
    throw new Refused({ status: 405, message: `Not allowed to ${method} on ${pathname}.` });
  }
  const authorization = headers.get("authorization") ?? "";
  if (!authorization.startsWith("Bearer ")) {
    throw new Refused({
      status: 401,
      message: "You didn't provide an API key. You need to provide your API key in an Authorization header.",
    });
  }
  if (authorization !== `Bearer ${key}`) throw new Refused(wrongKey(authorization.slice("Bearer ".length)));
}

async function readForm(request: Request): Promise<FormData> {
  if (!/^multipart\/form-data;\s*boundary=/.test(request.headers.get("content-type") ?? "")) {
    throw new Refused({ status: 400, message: "Could not parse multipart form: is it multipart/form-data?" });
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BYTES) {
    const message = `Maximum content size limit (${MAX_BYTES}) exceeded (${bytes.byteLength} bytes read)`;
    throw new Refused({ status: 413, message });
  }
  try {
    return await new Response(bytes, { headers: request.headers }).formData();
  } catch {
    throw new Refused({ status: 400, message: "Could not parse multipart form" });
  }
}

function describe(form: FormData): Partial<TranscriberCall> {
  const file = form.get("file");
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : null;
  };
  const isFile = file instanceof File;
  return {
    model: text("model"),
    language: text("language"),
    responseFormat: text("response_format"),
    filename: isFile ? file.name : null,
    mediaType: isFile ? file.type : null,
    lengthBytes: isFile ? file.size : 0,
  };
}
