/**
 * What the shapes of settings and of requests share: the rules that single values follow, in words that can stand after
 * their name, and what is wrong with a value, in words that never quote it: it may be a secret.
 */
import * as z from "zod/mini";

export const appIdSchema = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'"));

export const textSchema = z.string().check(z.minLength(1, "must not be empty"));

const ORIGIN_RULE = "must be an origin such as https://api.weixin.qq.com, without a path";
export const originSchema = z
  .string()
  .check(z.regex(/^https?:\/\/[^/\\?#@\s]+$/, ORIGIN_RULE), z.refine(URL.canParse, ORIGIN_RULE));

/** How WeChat encrypts and signs what it pushes: the console's Token and EncodingAESKey. */
export const pushSchema = z.strictObject({
  token: z
    .string()
    .check(z.regex(/^[A-Za-z0-9]{3,32}$/, "must be 3 to 32 letters and digits, as in WeChat's console")),
  encodingAesKey: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits, as in WeChat's console")),
  ),
  /** The key before the last change: WeChat goes on using it for a while. */
  previousEncodingAesKey: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9]{43}$/, "must be 43 letters and digits, as in WeChat's console")),
  ),
});
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
