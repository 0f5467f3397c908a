/** The rules that single settings follow, in words that can stand after the setting's name. */
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
