/** What is wrong with a setting or a request's field, in words that never quote the value: it may be a secret. */
import type * as z from "zod/mini";

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
