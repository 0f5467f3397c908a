/** What a row of the table says, and how its `{…}` become the values of one voice in one form. */

export const FORMS = ["speex", "wav", "ogg", "pcm", "json"] as const;
export type FormName = (typeof FORMS)[number];

/** What is known of the voice before the request. `new` and `stored`: WeChat has it. */
export type VoiceState = "new" | "stored" | "gone" | "not-speex" | "too-long";

export interface Row {
  readonly request: string;
  readonly method?: "GET" | "HEAD" | "DELETE" | "PUT" | "OPTIONS";
  /** Default: the voice in each of the forms. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly caller?: "reader" | "deleter" | "scopeless" | "nobody";
  /** The forms that answer so. Default: all. */
  readonly forms?: readonly FormName[];
  /** Default: `new` and `stored`, which answer the same. */
  readonly voices?: readonly VoiceState[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly answer: Answer;
}

export interface Answer {
  readonly status: number;
  /** Of a problem. */
  readonly code?: string;
  readonly body: "all" | "part" | "none" | "problem";
  /** Null: must not be there. */
  readonly headers: Readonly<Record<string, string | null>>;
}

/** What the voice and its form make of the placeholders. */
export interface Facts {
  readonly mediaId: string;
  readonly form: string;
  readonly etag: string;
  /** Of its Last-Modified. */
  readonly date: string;
  readonly bytes: number;
  readonly type: string;
  readonly caching: string;
  readonly cache: string;
}

/** Puts the voice's own values in the place of `{etag}`, `{bytes}`, `{bytes-100}` and so on. */
export function fill(template: string, facts: Facts): string {
  return template.replace(/\{(\w+)(?:-(\d+))?\}/g, (_, name: keyof Facts, minus?: string) =>
    minus === undefined ? String(facts[name]) : String(Number(facts[name]) - Number(minus)),
  );
}
