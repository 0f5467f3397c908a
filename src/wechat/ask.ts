/** One question for a token or a ticket, and what its JSON answer means. Shared by the sources that ask over HTTP. */
import * as z from "zod/mini";
import { readWhole } from "./body.ts";
import { parseError, toServiceError } from "./failure.ts";
import { numberSchema, parseJson } from "./json.ts";
import { exchange, requireOk, startDeadline, type Transport, withRetries } from "./transport.ts";

/** WeChat says that tokens may have 512 characters; an answer is under 1 kB, a list of authorisers under 256 kB. */
const MAX_ANSWER_BYTES = 262_144;

export interface Question<T extends z.ZodMiniType> {
  /** Asked in turn, as transport.ts has it. */
  readonly origins: readonly string[];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST. Absent: a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What a good answer looks like. Anything else is read as WeChat's error. */
  readonly answer: T;
  readonly dialect?: "work" | undefined;
}

/** Asks until there is an answer, or no further attempt could help. Fails with a ServiceError. */
export async function askWechat<T extends z.ZodMiniType>(
  question: Question<T>,
  transport: Transport,
): Promise<z.infer<T>> {
  const { path, query, body, answer, dialect } = question;
  const search = query ? `?${new URLSearchParams(query)}` : "";
  const init: RequestInit = {
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    headers: body ? { "content-type": "application/json" } : {},
  };
  const deadline = startDeadline(transport);
  try {
    return await withRetries(question.origins, transport, deadline, (origin) => {
      const url = `${origin}${path}${search}`;
      return exchange(transport, deadline, url, init, async (response) => {
        await requireOk(response, url);
        const bytes = await readWhole(response, MAX_ANSWER_BYTES);
        const verdict = answer.safeParse(parseJson(bytes));
        if (verdict.success) return verdict.data;
        const secrets = secretsIn({ ...query, ...body });
        throw toServiceError(parseError(bytes, new URL(origin).host), {
          nowMs: transport.nowMs(),
          dialect,
          secrets,
        });
      });
    });
  } finally {
    deadline.stop();
  }
}

/** What a call contains and no problem may show: secrets, tokens, tickets and codes, by their field's name. */
function secretsIn(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    /secret|token|ticket|code/.test(name) && typeof value === "string" ? [value] : [],
  );
}

/** WeChat's answer that it has done what was asked. */
export const OK_ERRCODE = z.pipe(numberSchema, z.literal(0));

/** `{"access_token":…,"expires_in":…}`, with or without `"errcode":0` (WeCom). */
export const TOKEN_ANSWER = z.object({
  errcode: z.optional(OK_ERRCODE),
  access_token: z.string().check(z.minLength(1)),
  /** Read by tokenOf (token/lifetime.ts): a token is used whatever this field says. */
  expires_in: z.optional(z.unknown()),
});
