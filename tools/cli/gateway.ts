/** A running gateway, as commands call it. The key comes from the environment: an argument would show in `ps`. */
import { Option } from "@commander-js/extra-typings";
import * as z from "zod/mini";
import { UsageError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export const GATEWAY_OPTION = new Option(
  "--gateway <url>",
  "where it runs (default: the environment variable HDVOICE_GATEWAY)",
);
export const KEY_OPTION = new Option(
  "--key-env <name>",
  "the environment variable that holds the API key; without one, it is asked for on a terminal",
).default("HDVOICE_KEY");
export const APP_OPTION = new Option(
  "--app <app-id>",
  "an account of its own (default: the gateway's first)",
);

export interface GatewayOptions {
  readonly gateway?: string | undefined;
  readonly keyEnv: string;
  readonly app?: string | undefined;
}

export interface Gateway {
  /** Asks for a path under /v1, repeated where trouble may pass. Throws GatewayFailure if there is no answer. */
  get(path: string): Promise<Response>;
}

/** There is no answer, or one that is not the gateway's. */
export class GatewayFailure extends Error {
  override readonly name = "GatewayFailure";
}

/** What a failed answer says of itself. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const ATTEMPTS = 4;
/** A longer Retry-After is a quota's: whoever has to wait that long starts again later. */
const LONGEST_WAIT_SECONDS = 60;
const TRANSIENT_STATUS = new Set([429, 500, 502, 503, 504]);
/** Jobs have a hundred voices at most, and a few lines on each. */
const MAX_JSON_BYTES = 1024 * 1024;
const NOT_THE_GATEWAYS = "the answer is not the gateway's";
const PROBLEM = z.object({ code: z.string(), detail: z.string() });

export async function openGateway(options: GatewayOptions, terminal: Terminal): Promise<Gateway> {
  const origin = originOf(options.gateway ?? terminal.env.HDVOICE_GATEWAY ?? "");
  const authorization = `Bearer ${await readKey(options.keyEnv, origin, terminal)}`;
  const prefix = options.app === undefined ? "/v1" : `/v1/apps/${encodeURIComponent(options.app)}`;
  // Bytes are counted as they arrive, so nobody on the way is to pack them.
  const headers = { authorization, "accept-encoding": "identity" };
  const { signal } = terminal;

  async function ask(path: string): Promise<Response | GatewayFailure> {
    try {
      return await fetch(`${origin}${prefix}${path}`, { headers, signal });
    } catch (error) {
      signal.throwIfAborted();
      return new GatewayFailure(`${origin} can't be reached: ${reasonOf(error)}`, { cause: error });
    }
  }

  return {
    async get(path) {
      for (let attempt = 1; ; attempt++) {
        const answer = await ask(path);
        const pauseSeconds = pauseAfter(answer, attempt);
        if (pauseSeconds !== null && attempt < ATTEMPTS) {
          if (answer instanceof Response) await answer.body?.cancel();
          await terminal.sleep(pauseSeconds * 1000);
          continue;
        }
        if (answer instanceof GatewayFailure) throw answer;
        return answer;
      }
    },
  };
}

/** Null: another attempt would fail too, or would have to wait too long. */
function pauseAfter(answer: Response | GatewayFailure, attempt: number): number | null {
  const doubled = 2 ** (attempt - 1);
  if (answer instanceof GatewayFailure) return doubled;
  if (!TRANSIENT_STATUS.has(answer.status)) return null;
  const seconds = Number(answer.headers.get("retry-after") ?? doubled);
  return seconds >= 0 && seconds <= LONGEST_WAIT_SECONDS ? seconds : null;
}

function originOf(text: string): string {
  if (text === "") throw new UsageError("no gateway: give --gateway, or set HDVOICE_GATEWAY to its URL");
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (isOrigin) return url.origin;
  throw new UsageError("--gateway must be a URL such as https://hdvoice.example.dev, with nothing behind it");
}

async function readKey(name: string, origin: string, terminal: Terminal): Promise<string> {
  const key = terminal.env[name] || (await terminal.askSecret(`API key for ${origin}`));
  if (!key)
    throw new UsageError(`the environment variable ${name} holds no API key (--key-env names another)`);
  if (/^[!-~]+$/.test(key)) return key;
  throw new UsageError(
    "the API key has a character that no key has: a blank, a line break, or one that is not ASCII",
  );
}

/** Why fetch failed: itself it says only that it did. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error
    ? cause.message || String((cause as NodeJS.ErrnoException).code)
    : String(cause);
}

export async function readProblem(response: Response): Promise<Problem> {
  const { status } = response;
  const problem = PROBLEM.safeParse(await readJson(response).catch(() => null));
  if (problem.success) return { status, ...problem.data };
  return { status, code: `http-${status}`, detail: NOT_THE_GATEWAYS };
}

/** Throws GatewayFailure where something in front of the gateway has answered, or the answer broke off. */
export async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let lengthBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      lengthBytes += chunk.length;
      if (lengthBytes > MAX_JSON_BYTES) break;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new GatewayFailure(NOT_THE_GATEWAYS, { cause });
  }
}
