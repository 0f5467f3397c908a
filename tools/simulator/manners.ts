/** Every way to misbehave, in a line each with an example to paste: what `/_simulator/help` lists. */
import type { Misbehaviour, MisbehaviourKind, MisbehaviourRule } from "./misbehaviour.ts";

export interface Manner<K extends MisbehaviourKind> {
  readonly about: string;
  readonly example: Extract<Misbehaviour, { kind: K }> & Pick<MisbehaviourRule, "of">;
}

/** What happens before an answer, or in its place; then what becomes of an answer, in the order in which it is done. */
export const MANNERS: { readonly [K in MisbehaviourKind]: Manner<K> } = {
  delay: {
    about: "Waits before anything is answered.",
    example: { kind: "delay", delayMs: 2_000 },
  },
  hang: {
    about: "Never answers; ends when the caller leaves.",
    example: { kind: "hang" },
  },
  "network-failure": {
    about: "No connection: fetch rejects; behind a socket the connection is closed without an answer.",
    example: { kind: "network-failure" },
  },
  status: {
    about: "A gateway's error page with this status, 400 to 599.",
    example: { kind: "status", status: 502 },
  },
  errcode: {
    about: "A refusal of choice, known or not, in WeChat's or WeCom's words or in your own.",
    example: { kind: "errcode", errcode: 46001 },
  },
  "token-refused": {
    about: "Refuses a call's access_token as revoked (40001), malformed (40014) or expired (42001).",
    example: { kind: "token-refused", because: "revoked" },
  },
  "html-page": {
    about: "An HTML page with status 200, as a captive portal or a broken proxy gives.",
    example: { kind: "html-page" },
  },
  "video-url": {
    about: 'What is answered for a video\'s id: {"video_url":"…"} as text/plain.',
    example: { kind: "video-url" },
  },
  "ok-without-media": {
    about: 'Only {"errcode":0,"errmsg":"ok"}, where a voice or a token was to come.',
    example: { kind: "ok-without-media" },
  },
  body: {
    about: "Any text as the answer.",
    example: { kind: "body", text: "{}", contentType: "text/plain" },
  },
  "changed-bytes": {
    about: 'A voice with other bytes in it; with "skip":1 the second download differs from the first.',
    example: { kind: "changed-bytes", atByte: 1_000, count: 3, xor: 255 },
  },
  "damaged-frames": {
    about: "A voice whose frames are zeros, ones or noise, at its beginning or further in.",
    example: { kind: "damaged-frames", frameCount: 2, as: "zeros" },
  },
  "header-bytes": {
    about:
      "A voice with its length in front of every frame of 60 bytes, under WeChat's old name for the type.",
    example: { kind: "header-bytes" },
  },
  tagged: {
    about: "A voice with an ID3 tag in front (id3v2) or behind (id3v1), or with 128 zeros behind.",
    example: { kind: "tagged", with: "id3v1" },
  },
  "expires-in": {
    about: "Token answers with another expires_in, put there as it is; empty: without the field.",
    example: { kind: "expires-in", json: "1e20" },
  },
  "numbers-as-text": {
    about: 'JSON with every number as text: "errcode":"40007", "expires_in":"7200".',
    example: { kind: "numbers-as-text" },
  },
  "error-prefix": {
    about: "Errors with this in front of the {: a byte order mark, line breaks, blanks.",
    example: { kind: "error-prefix", prefix: "\uFEFF\r\n " },
  },
  "content-type": {
    about: "A voice under another Content-Type or none (null); of errors, token answers or pages by `of`.",
    example: { kind: "content-type", contentType: "voice/speex", of: "error" },
  },
  "text-errors": {
    about: "Errors as text/plain.",
    example: { kind: "text-errors" },
  },
  attachment: {
    about: "Errors with the Content-disposition of a file.",
    example: { kind: "attachment", filename: "voice.speex" },
  },
  "empty-body": {
    about: "All headers, Content-Length 0, no body.",
    example: { kind: "empty-body" },
  },
  gzip: {
    about: "Content-Encoding: gzip; Content-Length then counts the compressed bytes.",
    example: { kind: "gzip", of: "error" },
  },
  "wrong-content-length": {
    about: "Content-Length is off: above 0 promises too much, below 0 too little.",
    example: { kind: "wrong-content-length", offByBytes: 60 },
  },
  "no-content-length": {
    about: "No Content-Length: in chunks, or ended by the end of the connection alone (close).",
    example: { kind: "no-content-length", endsBy: "close" },
  },
  "drip-head": {
    about: "Status line and headers come in small pieces; endless: they never end.",
    example: { kind: "drip-head", chunkBytes: 1, intervalMs: 500, endless: true },
  },
  drip: {
    about: "The body comes in small pieces; endless: again and again, without a Content-Length.",
    example: { kind: "drip", chunkBytes: 1, intervalMs: 500 },
  },
  cut: {
    about: "The body stops early: by an error, or by ending quietly (close).",
    example: { kind: "cut", afterBytes: 61, ending: "close" },
  },
};
