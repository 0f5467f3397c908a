/**
 * `POST /cgi-bin/stable_token` (getStableAccessToken). In normal mode, asking twice gives the same token, so two
 * programs, or two places of this one, don't take it from each other as they would with `/cgi-bin/token`.
 */
import * as z from "zod/mini";
import type { Account } from "../../config-schema.ts";
import { readWhole } from "../body.ts";
import { toServiceError } from "../failure.ts";
import { parseError } from "../media.ts";
import { request, type Transport, withRetries } from "../transport.ts";
import type { AccessToken, TokenSource } from "./source.ts";

/** WeChat asks for room for 512 characters of token; an answer is under 1 kB. */
const MAX_ANSWER_BYTES = 8_192;

const answerSchema = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: z.number().check(z.positive()),
});

export function createStableSource(account: Account, transport: Transport): TokenSource {
  return {
    kind: "stable",
    fetchToken: (mode) => withRetries([account.tokenOrigin], transport, (origin) => ask(origin, mode)),
  };

  async function ask(origin: string, mode: "normal" | "force"): Promise<AccessToken> {
    const askedAtMs = transport.nowMs();
    const response = await request(transport, `${origin}/cgi-bin/stable_token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        grant_type: "client_credential",
        appid: account.appId,
        secret: account.secret,
        force_refresh: mode === "force",
      }),
    });
    const body = await readWhole(response, MAX_ANSWER_BYTES, transport.patience.stallTimeoutMs);
    const answer = parseAnswer(body);
    if (answer) return { value: answer.access_token, expiresAtMs: askedAtMs + answer.expires_in * 1000 };
    throw toServiceError(parseError(body), transport.nowMs());
  }
}

function parseAnswer(body: Uint8Array): z.infer<typeof answerSchema> | null {
  try {
    const verdict = answerSchema.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return verdict.success ? verdict.data : null;
  } catch {
    return null;
  }
}
