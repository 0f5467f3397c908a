/** The forms of a voice that R2 keeps: the bytes as WeChat sent them, and the decoded WAV. */
export const STORED_FORMS = ["source", "wav"] as const;
export type StoredForm = (typeof STORED_FORMS)[number];
