/**
 * Whisper on Cloudflare's own machines, by the `AI` binding: the sound does not leave Cloudflare.
 * https://developers.cloudflare.com/workers-ai/models/whisper-large-v3-turbo/ · errors: …/workers-ai/platform/errors/
 */
import type { World } from "../world.ts";
import { quote, refused, unavailable } from "./failure.ts";
import { readHeard } from "./heard.ts";
import type { Transcriber } from "./transcriber.ts";

export const DEFAULT_AI_MODEL = "@cf/openai/whisper-large-v3-turbo";

/** What of the binding is used. */
export interface AiBinding {
  run(model: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Time-outs and aborts, no capacity. What has no known code is taken for passing, too. */
const OUT_OF_ALLOWANCE = "3036";
/** Input, model or account that will be the same the next time. */
const FINAL: ReadonlySet<string> = new Set([
  ...["3003", "3006", "3023", "3039", "3041", "3042"],
  ...["5004", "5005", "5006", "5007", "5016", "5018", "5019"],
]);
/** The free allowance comes back at 00:00 UTC. */
const ALLOWANCE_RETRY_SECONDS = 3_600;

export function createAiTranscriber(
  ai: AiBinding,
  model: string,
  world: Pick<World, "startTimer">,
): Transcriber {
  return {
    name: "workers-ai",
    model,
    async transcribe({ bytes, durationSeconds }, { language }, timeoutMs) {
      const late = Promise.withResolvers<never>();
      const stopTimer = world.startTimer(timeoutMs, () =>
        late.reject(unavailable("Workers AI did not answer in time.")),
      );
      const input = {
        audio: bytes.toBase64(),
        task: "transcribe",
        vad_filter: true,
        ...(language === null ? {} : { language }),
      };
      try {
        const answer = await Promise.race([run(ai, model, input), late.promise]);
        const heard = readHeard(answer, durationSeconds);
        if (heard) return heard;
        throw refused(
          `Workers AI answered with something that is not a transcript: is ${model} a Whisper model?`,
        );
      } finally {
        stopTimer();
      }
    },
  };
}

async function run(ai: AiBinding, model: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    return await ai.run(model, input);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : "";
    const code = /\b[35]0[0-9]{2}\b/.exec(words)?.[0] ?? "";
    const detail = `Workers AI failed${words === "" ? "." : `: ${quote(words, null)}`}`;
    if (FINAL.has(code)) throw refused(detail, cause);
    throw unavailable(detail, {
      cause,
      ...(code === OUT_OF_ALLOWANCE ? { retryAfterSeconds: ALLOWANCE_RETRY_SECONDS } : {}),
    });
  }
}
