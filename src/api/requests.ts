/** Shapes of what callers send: bodies, queries, parameters. */
import * as z from "zod/mini";
import { JOB_ID_PATTERN } from "../jobs/keys.ts";
import { JOB_FORMATS } from "../jobs/message.ts";
import {
  DEFAULT_LINK_SECONDS,
  MAX_JOINED_VOICES,
  MAX_LINK_SECONDS,
  MAX_MEDIA_IDS,
  MEDIA_ID_PATTERN,
} from "../limits.ts";
import { appIdSchema } from "../schema.ts";
import { MEDIA_ID_RULE, SUFFIXES } from "../voice/format.ts";
import { TICKET_KINDS } from "../wechat/jsapi/ticket.ts";
import type { PathParameter } from "./operation.ts";

/** One, or several with commas between. */
export const MEDIA_IDS: PathParameter = {
  pattern: new RegExp(`^[\\w-]{1,256}(?:,[\\w-]{1,256}){0,${MAX_JOINED_VOICES - 1}}$`),
  code: "media-id-malformed",
  rule: `${MEDIA_ID_RULE} Up to ${MAX_JOINED_VOICES} can be joined, with commas between.`,
};

export const JOB_ID: PathParameter = {
  pattern: JOB_ID_PATTERN,
  code: "job-not-found",
  rule: "This account has no job of this id.",
};

/** Browsers and servers accept longer ones; no page that WeChat opens has a URL of that length. */
const MAX_PAGE_URL_LENGTH = 4_096;

const expiryRule = `must be a whole number of seconds from 1 to ${MAX_LINK_SECONDS}`;

export const linkRequest = z.strictObject({
  format: z.enum(SUFFIXES),
  expiresInSeconds: z._default(
    z
      .number(expiryRule)
      .check(
        z.refine(Number.isInteger, expiryRule),
        z.minimum(1, expiryRule),
        z.maximum(MAX_LINK_SECONDS, expiryRule),
      ),
    DEFAULT_LINK_SECONDS,
  ),
});

/** Not strict: a signed link has parameters of its own, and what apps append to it. */
export const transcriptQuery = z.object({
  language: z.optional(
    z
      .string()
      .check(
        z.regex(/^[a-z]{2,3}$/, "must be a language of ISO 639 in two or three small letters: zh, yue, en"),
      ),
  ),
});

/** As a URL is sent: in ASCII, with everything else percent-encoded. It is part of every message of its job. */
const MAX_CALLBACK_URL_BYTES = 1_000;
const callbackUrlRule = `must have at most ${MAX_CALLBACK_URL_BYTES} bytes, percent-encoded as it is sent`;
const countRule = `must hold 1 to ${MAX_MEDIA_IDS} media ids`;

export const jobRequest = z.strictObject({
  mediaIds: z
    .array(z.string().check(z.regex(MEDIA_ID_PATTERN, "must be 1 to 256 letters, digits, '-' or '_'")))
    .check(z.minLength(1, countRule), z.maxLength(MAX_MEDIA_IDS, countRule)),
  formats: z._default(z.array(z.enum(JOB_FORMATS)).check(z.minLength(1, "must name at least one form")), [
    "wav",
  ]),
  callbackUrl: z.optional(
    z.string().check(
      z.overwrite((text) => URL.parse(text)?.href ?? text),
      z.maxLength(MAX_CALLBACK_URL_BYTES, callbackUrlRule),
    ),
  ),
  /** Checked against the path. A webhook's signature covers the body alone. */
  appId: z.optional(appIdSchema),
});

export const jobsPage = z.strictObject({
  limit: z._default(
    z.string().check(z.regex(/^(?:[1-9][0-9]?|100)$/, "must be a number from 1 to 100")),
    "20",
  ),
  after: z.optional(z.string().check(z.regex(/^[0-9]{13}\.j_[0-9a-f]{32}$/, "must be the 'next' of a page"))),
});

/** WeChat says that tokens may have 512 characters. */
const accessToken = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,2048}$/, "must be 1 to 2048 visible ASCII characters"));

export const tokenReport = z.strictObject({ rejectedToken: accessToken });

export const pushedToken = z.strictObject({
  accessToken,
  /** The seconds that remain. WeChat's tokens last two hours at most; KV keeps nothing for less than a minute. */
  expiresInSeconds: z
    .number("must be a whole number")
    .check(
      z.refine(Number.isInteger, "must be a whole number"),
      z.minimum(60, "must be 60 at least"),
      z.maximum(7200, "must be 7200 at most"),
    ),
});

const pageUrlRule = `must be a page's whole address, http or https, of at most ${MAX_PAGE_URL_LENGTH} characters`;
const pageFields = {
  /** Signed as it is: WeChat compares it with what the page's address is. */
  url: z
    .string()
    .check(
      z.regex(/^https?:\/\/[^\s\p{Cc}]+$/u, pageUrlRule),
      z.maxLength(MAX_PAGE_URL_LENGTH, pageUrlRule),
      z.refine(URL.canParse, pageUrlRule),
    ),
  type: z._default(z.enum(TICKET_KINDS), "jsapi"),
};

/** A URL that is not encoded ends at its own `&`, and only half of it would be signed. */
export const pageToSign = z
  .looseObject(pageFields)
  .check(
    z.refine(
      (query) => Object.keys(query).every((name) => Object.hasOwn(pageFields, name)),
      "url must be encoded as one value, with encodeURIComponent: there are parameters beside url and type",
    ),
  );
