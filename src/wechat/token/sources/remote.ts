/**
 * An existing token server: a URL that answers JSON, and where in it the token stands. It may change the token when
 * it likes, so its token is used for minutes only.
 */
import * as z from "zod/mini";
import { ServiceError } from "../../../errors.ts";
import { isPrivateWay, textSchema, tidy } from "../../../schema.ts";
import { readWhole } from "../../body.ts";
import { numberOf, parseJson } from "../../json.ts";
import { exchange, startDeadline, type Transport, unavailable, withRetries } from "../../transport.ts";
import { tokenOf } from "../lifetime.ts";
import type { AccessToken } from "../source.ts";
import { ACCESS_TOKEN, type AccountWith, defineSource, NEVER } from "./define.ts";

/** "建议1分钟", WeChat says of copies of a central server's token. The keeper is one copy for everybody. */
const DEFAULT_MAX_AGE_SECONDS = 300;
const RENEW_LEAD_MS = 60_000;
const MAX_ANSWER_BYTES = 16_384;

const URL_RULE = "must be an http or https URL without a user name";
const urlSchema = z
  .string()
  .check(
    tidy("no blanks"),
    z.regex(/^https?:\/\/[^/?#@\s]+[^#\s]*$/, URL_RULE),
    z.refine(URL.canParse, { error: URL_RULE, abort: true }),
    z.refine(isPrivateWay, "must begin with https://: only this machine may be asked by http://"),
  );
const pathSchema = z
  .string()
  .check(z.regex(/^[\w-]+(\.[\w-]+)*$/, "must be field names with dots between, such as data.access_token"));

/** By name. Not z.record, which brings as much code again as all strings. */
const headersSchema = z.transform((headers: unknown, { issues }): Readonly<Record<string, string>> => {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    issues.push({ code: "invalid_type", expected: "record", input: headers });
    return z.NEVER;
  }
  for (const [name, value] of Object.entries(headers)) {
    const { error } = textSchema.safeParse(value);
    for (const issue of error?.issues ?? []) {
      issues.push({ ...issue, input: value, path: [name, ...issue.path] });
    }
  }
  return headers as Readonly<Record<string, string>>;
});

const FIELDS = {
  url: urlSchema,
  /** Asked by POST with `{"rejectedToken"}` when WeChat refuses the token; answers as `url` does. */
  rotateUrl: z.optional(urlSchema),
  /** Sent with every question, such as an Authorization. */
  headers: z.optional(headersSchema),
  /** Default `access_token`. */
  tokenPath: z.optional(pathSchema),
  /** Where the seconds that remain stand. Default `expires_in`; an answer without it is fine. */
  expiresInPath: z.optional(pathSchema),
  /** The token is asked for again after so long, whatever the answer says. Default 300. */
  maxAgeSeconds: z.optional(
    z
      .number()
      .check(
        z.refine(Number.isInteger, "must be a whole number"),
        z.minimum(60, "must be 60 at least"),
        z.maximum(7200, "must be 7200 at most"),
      ),
  ),
};

export const remote = defineSource({
  kind: "remote",
  fields: FIELDS,
  tokenParameter: ACCESS_TOKEN,
  takesPushes: NEVER,
  create: (account, { transport }) => ({
    renewLeadMs: RENEW_LEAD_MS,
    forceable: account.rotateUrl !== undefined,
    async fetchToken(mode, rejected) {
      const askedAtMs = transport.nowMs();
      const rotate = mode === "force" ? account.rotateUrl : undefined;
      const init =
        rotate === undefined ? {} : { method: "POST", body: JSON.stringify({ rejectedToken: rejected }) };
      const answer = await askServer(
        rotate ?? account.url,
        { ...init, headers: headersOf(account) },
        transport,
      );
      return readToken(answer, account, askedAtMs);
    },
  }),
});

type RemoteAccount = AccountWith<"remote", typeof FIELDS>;

function headersOf({ headers }: RemoteAccount): Record<string, string> {
  return { accept: "application/json", "content-type": "application/json", ...headers };
}

async function askServer(url: string, init: RequestInit, transport: Transport): Promise<unknown> {
  const deadline = startDeadline(transport);
  try {
    return await withRetries([url], transport, deadline, () =>
      exchange(transport, deadline, url, init, (response) => readAnswer(response, new URL(url).host)),
    );
  } finally {
    deadline.stop();
  }
}

async function readAnswer(response: Response, host: string): Promise<unknown> {
  const bytes = await readWhole(response, MAX_ANSWER_BYTES);
  if (response.status >= 500) {
    throw unavailable(`The token server ${host} answered with HTTP status ${response.status}.`);
  }
  if (!response.ok)
    throw misconfigured(`The token server ${host} answered with HTTP status ${response.status}.`);
  const answer = parseJson(bytes);
  if (answer === null)
    throw misconfigured(`The token server ${host} answered with something that is not JSON.`);
  return answer;
}

function readToken(answer: unknown, account: RemoteAccount, askedAtMs: number): AccessToken {
  const {
    tokenPath = "access_token",
    expiresInPath = "expires_in",
    maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS,
  } = account;
  const value = valueAt(answer, tokenPath);
  if (typeof value !== "string" || value === "") {
    throw misconfigured(`The token server's answer has no text at ${tokenPath} (tokenPath).`);
  }
  const expiresInSeconds = numberOf(valueAt(answer, expiresInPath)) ?? maxAgeSeconds;
  if (expiresInSeconds <= 0) throw unavailable("The token server handed out a token that has ended.");
  return tokenOf(value, Math.min(expiresInSeconds, maxAgeSeconds), askedAtMs);
}

function valueAt(answer: unknown, path: string): unknown {
  let value: unknown = answer;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function misconfigured(what: string): ServiceError {
  return new ServiceError("wechat-credential", `${what} Check the account's url, headers and tokenPath.`);
}
