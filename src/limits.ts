/** The numbers that the README states. Those that only one file needs stand at the top of that file. */

/** A media id as WeChat hands it out is 64 characters of this alphabet; no length is promised, so none is asked. */
export const MEDIA_ID_PATTERN = /^[A-Za-z0-9_-]{1,256}$/;

/** Voices that can be had as one sound: twenty minutes, as WeChat's recorder cuts it. */
export const MAX_JOINED_VOICES = 20;

/** Longest path answered. The longest one this API knows joins twenty voices, with ids of 256 characters each. */
export const MAX_PATH_LENGTH = 5_500;

/** `MAX_VOICE_SECONDS` when nothing is set. WeChat's recorder stops at 60. */
export const DEFAULT_MAX_VOICE_SECONDS = 300;

/** The most that MAX_VOICE_SECONDS may say: an hour is 11 MB of Speex, and an isolate has 128 MB for everybody. */
export const LONGEST_VOICE_SECONDS = 3_600;

/** Voices are personal: browsers and shared caches of one user keep them for a day, not a year. */
export const VOICE_MAX_AGE_SECONDS = 86_400;

/** How long WeChat's answer that it has no such voice is used without asking again. */
export const MISSING_SECONDS = 60;

/** Voices a job may ask for, and the largest body that asks for them: ids of 256 characters each, and room. */
export const MAX_MEDIA_IDS = 1_000;
export const MAX_FETCH_BODY_BYTES = 300_000;

/** How long a signed link opens its voice when nothing is asked for, and at most. */
export const DEFAULT_LINK_SECONDS = 3_600;
export const MAX_LINK_SECONDS = 7 * 86_400;

/** `JOB_BACKOFF_SECONDS` when nothing is set: the mean pause before a job's first repetition. */
export const DEFAULT_JOB_BACKOFF_SECONDS = 10;
