/**
 * Where jobs lie in the bucket VOICES. All of it stands under `job/v1/`, so that one lifecycle rule ends it.
 *
 *   job/v1/{jobId}/job.json              what was asked for. Written once, if absent: that is the claim to the id
 *   job/v1/{jobId}/enqueued              a mark: every item has its message in the queue
 *   job/v1/{jobId}/cancelled             a mark: items that have not ended are not begun any more
 *   job/v1/{jobId}/item/{mediaId}.json   one item's state; absent while it waits for its first attempt
 *   job/v1/{jobId}/call/{mediaId}.json   what became of the item's callback; absent until its first attempt
 *   job/v1/by-time/{appId}/{time}.{jobId}     the index, newest first
 *   job/v1/pause/{appId}.json            until when WeChat must not be asked for this account's voices
 *   job/v1/dead-letter/{messageId}.json  messages that could not be carried out
 *
 * Job ids begin with `j_`: none of them is one of the other names.
 */

/** `j_` and 32 hex digits. */
export const JOB_ID_PATTERN = /^j_[0-9a-f]{32}$/;

/** 13 digits last until the year 2286. */
const LAST_MS = 9_999_999_999_999;

export const jobKeys = {
  folder: (jobId: string) => `job/v1/${jobId}/`,
  job: (jobId: string) => `job/v1/${jobId}/job.json`,
  enqueued: (jobId: string) => `job/v1/${jobId}/enqueued`,
  cancelled: (jobId: string) => `job/v1/${jobId}/cancelled`,
  item: (jobId: string, mediaId: string) => `job/v1/${jobId}/item/${mediaId}.json`,
  call: (jobId: string, mediaId: string) => `job/v1/${jobId}/call/${mediaId}.json`,
  index: (appId: string) => `job/v1/by-time/${appId}/`,
  /** R2 lists in ascending order, so the time is counted backwards. */
  indexEntry: (createdAtMs: number, jobId: string) =>
    `${String(LAST_MS - createdAtMs).padStart(13, "0")}.${jobId}`,
  pause: (appId: string) => `job/v1/pause/${appId}.json`,
  deadLetter: (messageId: string) => `job/v1/dead-letter/${messageId}.json`,
} as const;
