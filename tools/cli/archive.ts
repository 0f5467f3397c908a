/**
 * Many voices, each to a file of its own. A file is there only when it is whole, and what is there is not fetched again:
 * so it doesn't matter where an earlier run ended.
 */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { FileFailure } from "./failure.ts";
import { type Gateway, GatewayFailure, readProblem, reasonOf } from "./gateway.ts";
import { createFileOutput } from "./output.ts";

/** What became of a voice. `gone`: WeChat no longer has it, or never had it. */
export type Result =
  | { readonly kind: "done" | "there" }
  | { readonly kind: "gone" | "failed"; readonly why: string };

export interface Archived {
  /** By media id. Voices that were not tried are not in it. */
  readonly results: ReadonlyMap<string, Result>;
  /** Why the voices that were not tried would have failed too; null if that is not known. */
  readonly hopeless: string | null;
}

export interface ArchiveOptions {
  readonly folder: string;
  readonly format: string;
  /** How many at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called after each voice. */
  readonly onProgress: (results: ReadonlyMap<string, Result>) => void;
}

/** Less has arrived than there is. */
class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

/** The key is not valid, or may not do this. */
const KEY_REFUSED = new Set([401, 403]);

/** Nothing that was interrupted is left when it resolves. */
export async function archive(
  mediaIds: readonly string[],
  gateway: Gateway,
  options: ArchiveOptions,
): Promise<Archived> {
  const results = new Map<string, Result>();
  const waiting = [...mediaIds].reverse();
  let hopeless: string | null = null;

  async function work(): Promise<void> {
    for (let mediaId = waiting.pop(); mediaId !== undefined; mediaId = waiting.pop()) {
      const result = await fetchOne(mediaId, gateway, options);
      if (result.kind === "hopeless") {
        hopeless ??= result.why;
        waiting.length = 0;
      } else if (result.kind === "interrupted") {
        waiting.length = 0;
      } else {
        results.set(mediaId, result);
        options.onProgress(results);
      }
    }
  }

  await Promise.all(Array.from({ length: options.concurrency }, work));
  return { results, hopeless };
}

async function fetchOne(
  mediaId: string,
  gateway: Gateway,
  { folder, format, signal }: ArchiveOptions,
): Promise<Result | { kind: "interrupted" } | { kind: "hopeless"; why: string }> {
  const name = `${mediaId}.${format}`;
  const file = join(folder, name);
  try {
    if (await exists(file)) return { kind: "there" };
    const response = await gateway.get(`/voices/${name}`);
    if (response.headers.get("content-type")?.startsWith("text/html")) {
      await response.body?.cancel();
      return {
        kind: "failed",
        why: "a web page came instead: there is a proxy in front of the gateway",
      };
    }
    if (response.ok) {
      await save(response, file);
      return { kind: "done" };
    }
    const { status, code, detail } = await readProblem(response);
    const why = `${code}: ${detail}`;
    if (KEY_REFUSED.has(status)) return { kind: "hopeless", why };
    return { kind: code === "voice-not-found" ? "gone" : "failed", why };
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted" };
    if (error instanceof BrokenOff) return { kind: "failed", why: error.message };
    if (error instanceof GatewayFailure) return { kind: "hopeless", why: error.message };
    if (error instanceof FileFailure) return { kind: "hopeless", why: `${error.file}: ${error.message}` };
    throw error;
  }
}

/** Under its name only when it is whole. */
async function save(response: Response, file: string): Promise<void> {
  const output = await createFileOutput(file, { mayReplace: false });
  try {
    for await (const bytes of arriving(response)) await output.write(bytes);
    await output.finish();
  } catch (error) {
    await output.abandon();
    throw error;
  }
}

async function* arriving(response: Response): AsyncGenerator<Uint8Array> {
  const promised = response.headers.get("content-length");
  let lengthBytes = 0;
  let reason = "";
  try {
    for await (const bytes of response.body ?? []) {
      lengthBytes += bytes.length;
      yield bytes;
    }
  } catch (error) {
    reason = ` (${reasonOf(error)})`;
  }
  if (reason === "" && (promised === null || Number(promised) === lengthBytes)) return;
  throw new BrokenOff(`it broke off: ${lengthBytes} of ${promised ?? "unknown"} bytes arrived${reason}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
