/** How OpenAI's audio endpoint says no: `{"error":{"message","type","param","code"}}`. */

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly param?: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function refusalResponse({ status, message, headers = {}, ...rest }: Refusal): Response {
  const { type = status >= 500 ? "server_error" : "invalid_request_error", param = null, code = null } = rest;
  return Response.json({ error: { message, type, param, code } }, { status, headers });
}

/** It shows both ends of the key, as OpenAI does: whoever passes it on passes on a part of the key. */
export function wrongKey(key: string): Refusal {
  const masked = `${key.slice(0, 8)}${"*".repeat(12)}${key.slice(-4)}`;
  return {
    status: 401,
    message: `Incorrect API key provided: ${masked}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    code: "invalid_api_key",
  };
}

export const BUSY: Refusal = {
  status: 429,
  message: "Rate limit reached for whisper-1 on requests per min (RPM): Limit 3, Used 3, Requested 1.",
  type: "requests",
  code: "rate_limit_exceeded",
  headers: { "retry-after": "20" },
};
