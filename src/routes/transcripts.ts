/** `GET, HEAD /v1/voices/{mediaId}.txt|.vtt|.srt|.transcript.json`: what was said. */
import { OPERATIONS } from "../api/operations.ts";
import { sendRepresentation } from "../http/representation.ts";
import { LINK_HOLDER } from "../middleware/guests.ts";
import { createVoiceTranscripts } from "../services/transcripts.ts";
import { TRANSCRIPT_FORMS } from "../transcript/forms.ts";
import { parseVoiceName } from "../voice/format.ts";
import { parseJoinedName } from "../voice/joined.ts";
import type { TranscriptVoice, VoiceTranscripts } from "../voice/transcripts.ts";
import { serve } from "./serve.ts";

export const getTranscript = serve(
  OPERATIONS.getTranscript,
  async (c, { parameters: { name }, query: { language = null } }) => {
    // Parameters behind a link's signature are not signed, and a transcript in another language costs money.
    const hint = c.get("caller") === LINK_HOLDER ? null : language;
    const transcripts = createVoiceTranscripts(
      c.env,
      c.get("isolate"),
      c.get("config"),
      c.get("account"),
      c.get("timings"),
    );
    const spoken = await open(transcripts, name, hint);
    const headers = new Headers({
      // It is made anew where the model changes, or the language of the hint.
      "cache-control": "private, no-cache",
      "cache-status": `hdvoice; ${spoken.cacheStatus}`,
      "content-disposition": `inline; filename="${spoken.mediaId}.${spoken.form}"`,
      "server-timing": c.get("timings").header(),
    });
    return sendRepresentation(c.req.raw, spoken, headers);
  },
);

function open(
  transcripts: VoiceTranscripts,
  name: string,
  language: string | null,
): Promise<TranscriptVoice> {
  if (name.includes(",")) {
    const { mediaIds, format } = parseJoinedName(name, TRANSCRIPT_FORMS);
    return transcripts.openJoined(mediaIds, format, language);
  }
  const { mediaId, format } = parseVoiceName(name, TRANSCRIPT_FORMS);
  if (format === null) throw new Error("a transcript was asked for without a suffix");
  return transcripts.open(mediaId, format, language);
}
