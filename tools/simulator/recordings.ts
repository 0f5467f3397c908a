/** The recordings WeChat keeps: each belongs to one account and is gone after three days. */

const RETENTION_MS = 3 * 86_400_000;
const USUAL_TYPES = { jssdk: "voice/speex", media: "voice/amr" } as const;

/** `jssdk`: recorded in a web page, for /media/get/jssdk. `media`: a voice message, for /media/get. */
export type RecordingEndpoint = "jssdk" | "media";

export interface RecordingOptions {
  /** Null: no such header. Default `voice/speex` for `jssdk`, `voice/amr` for `media`. */
  contentType?: string | null;
  /** Default `jssdk`. An id may have one recording for each. */
  endpoint?: RecordingEndpoint;
  /** Default now. */
  recordedAtMs?: number;
}

export interface Recording {
  readonly mediaId: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string | null;
  readonly recordedAtMs: number;
}

export interface RecordingShelf {
  /** Keeps a copy of the bytes. */
  add(appId: string, mediaId: string, bytes: Uint8Array, nowMs: number, options: RecordingOptions): void;
  /** Null: unknown, another account's, another endpoint's, or older than three days. */
  find(appId: string, mediaId: string, endpoint: RecordingEndpoint, nowMs: number): Recording | null;
}

export function createRecordingShelf(): RecordingShelf {
  const recordings = new Map<string, Recording>();
  const key = (appId: string, mediaId: string, endpoint: RecordingEndpoint) =>
    JSON.stringify([appId, mediaId, endpoint]);

  return {
    add(appId, mediaId, bytes, nowMs, options) {
      const endpoint = options.endpoint ?? "jssdk";
      recordings.set(key(appId, mediaId, endpoint), {
        mediaId,
        bytes: new Uint8Array(bytes),
        contentType: options.contentType === undefined ? USUAL_TYPES[endpoint] : options.contentType,
        recordedAtMs: options.recordedAtMs ?? nowMs,
      });
    },
    find(appId, mediaId, endpoint, nowMs) {
      const recording = recordings.get(key(appId, mediaId, endpoint));
      if (!recording || nowMs >= recording.recordedAtMs + RETENTION_MS) return null;
      return recording;
    },
  };
}
