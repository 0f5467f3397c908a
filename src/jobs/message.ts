/**
 * What travels through the queue: one message a voice to fetch, and one a callback to make. Messages outlive
 * deployments, so their shape has rules: a field that is added later is optional here and has the meaning that its absence had
 * before; only a change that an older Worker would misread raises `v`.
 */
import * as z from "zod/mini";
import { MEDIA_ID_PATTERN } from "../limits.ts";
import { TRANSCRIPT_FORMS, type TranscriptForm } from "../transcript/forms.ts";
import type { RecordedIn } from "../wechat/client.ts";
import { JOB_ID_PATTERN } from "./keys.ts";

export const MESSAGE_VERSION = 1;
/** Of messages that want transcripts: an older Worker would take them for somebody else's, and lets them wait. */
export const TRANSCRIPT_MESSAGE_VERSION = 2;

/** The forms in which a job's voices can be wanted. */
export const JOB_FORMATS = ["speex", "wav", "ogg", "pcm", ...TRANSCRIPT_FORMS] as const;
export type JobFormat = (typeof JOB_FORMATS)[number];

export function isTranscript(format: JobFormat): format is TranscriptForm {
  return TRANSCRIPT_FORMS.some((form) => form === format);
}

const messageSchema = z.object({
  v: z.literal([MESSAGE_VERSION, TRANSCRIPT_MESSAGE_VERSION]),
  kind: z.enum(["fetch", "callback"]),
  jobId: z.string().check(z.regex(JOB_ID_PATTERN)),
  appId: z.string(),
  mediaId: z.string().check(z.regex(MEDIA_ID_PATTERN)),
  formats: z.array(z.enum(JOB_FORMATS)),
  /** Where links begin: the address under which the job came in. */
  origin: z.string(),
  callbackUrl: z.nullable(z.string()),
  /** Whether the poster may read voices. Messages from before it was asked carry links. */
  withLinks: z._default(z.boolean(), true),
  /** Which of WeChat's downloads to ask. Messages from before there was a choice mean getHDVoice. */
  via: z._default(z.enum(["jssdk", "media"]), "jssdk"),
});

export type JobMessage = z.infer<typeof messageSchema>;

/** What a message's `via` says of its voice. Messages outlive deployments: they keep the words of their first version. */
export const RECORDED_IN: Readonly<Record<JobMessage["via"], RecordedIn>> = { jssdk: "page", media: "chat" };

const versionSchema = z.object({ v: z.number().check(z.gt(TRANSCRIPT_MESSAGE_VERSION)) });

/** `newer`: written by a later version of this Worker, which may be deployed again. `unreadable`: not ours at all. */
export function parseMessage(body: unknown): JobMessage | "newer" | "unreadable" {
  const verdict = messageSchema.safeParse(body);
  if (verdict.success) return verdict.data;
  return versionSchema.safeParse(body).success ? "newer" : "unreadable";
}
