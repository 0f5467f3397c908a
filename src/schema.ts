/**
 * What the shapes of settings and of requests share: the rules that single values follow, in words that can stand after
 * their name, and what is wrong with a value, in words that never quote it: it may be a secret.
 */
import * as z from "zod/mini";
import { oddityIn, type Shape } from "./oddity.ts";

/** Text without characters that were copied along with it. Its other rules are checked after this one. */
export function tidy(shape: Shape) {
  return z.refine<string>((text) => oddityIn(text, shape) === null, {
    error: ({ input }) => oddityIn(String(input), shape) ?? undefined,
    abort: true,
  });
}

export const idSchema = z
  .string()
  .check(tidy("no blanks"), z.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'"));
export const appIdSchema = idSchema;

const NOT_EMPTY = z.minLength(1, "must not be empty");
/** What WeChat's consoles show: one word. */
export const secretSchema = z.string().check(NOT_EMPTY, tidy("no blanks"));
/** What travels in a header. */
export const textSchema = z.string().check(NOT_EMPTY, tidy("blanks inside"));

const ORIGIN_RULE = "must be an origin such as https://api.weixin.qq.com, without a path";
/** A site, as browsers name it. */
export const siteSchema = z
  .string()
  .check(
    tidy("no blanks"),
    z.regex(/^https?:\/\/[^/\\?#@\s]+$/, ORIGIN_RULE),
    z.refine(URL.canParse, { error: ORIGIN_RULE, abort: true }),
  );
/** Where secrets and tokens are sent to. */
export const originSchema = siteSchema.check(
  z.refine(isPrivateWay, "must begin with https://: only this machine may be asked by http://"),
);

/** Nobody else can read it: TLS, or an address of this machine. */
export function isPrivateWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(localhost|.+\.localhost|127\.[0-9.]+|\[::1\])$/.test(hostname);
}

const aesKeySchema = z
  .string()
  .check(
    tidy("no blanks"),
    z.regex(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits, as in WeChat's console"),
  );

/** How WeChat encrypts and signs what it pushes: the console's Token and EncodingAESKey. */
export const pushSchema = z.strictObject({
  token: z
    .string()
    .check(
      tidy("no blanks"),
      z.regex(/^[A-Za-z0-9]{3,32}$/, "must be 3 to 32 letters and digits, as in WeChat's console"),
    ),
  encodingAesKey: z.optional(aesKeySchema),
  /** The key before the last change: WeChat goes on using it for a while. */
  previousEncodingAesKey: z.optional(aesKeySchema),
});
/** Of a platform, whose events are always encrypted. */
export const encryptedPushSchema = z.strictObject({ ...pushSchema.shape, encodingAesKey: aesKeySchema });
export type PushSettings = z.infer<typeof pushSchema>;

/** Path and rule of the first fault, e.g. `[0].sha256 must be …`. */
export function describeFault(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "is invalid";
  const path = issue.path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
  return `${path} ${ruleOf(issue)}`.trim();
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.expected === "nonoptional") return "is missing";
      return `is missing or not ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "invalid_value":
      return `must be one of: ${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return "has a field that is not known here";
    default:
      return issue.message;
  }
}
