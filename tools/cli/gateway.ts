/** A running gateway, as commands call it. The key comes from the environment: an argument would show in `ps`. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Terminal, UsageError } from "./terminal.ts";

export const GATEWAY_OPTIONS = {
  gateway: { type: "string" },
  "key-env": { type: "string", default: "HDVOICE_KEY" },
  app: { type: "string" },
} as const;

export interface Gateway {
  /** Asks for a path under /v1, repeated where the gateway says that it may pass. */
  get(path: string): Promise<Response>;
}

/** What a failed answer says of itself. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

export class Unreachable extends Error {}

const ATTEMPTS = 4;
/** A longer Retry-After is a quota's: whoever has to wait that long starts again later. */
const LONGEST_WAIT_SECONDS = 60;
const TRANSIENT_STATUS = new Set([429, 500, 502, 503, 504]);

export function openGateway(
  options: { gateway?: string | undefined; "key-env": string; app?: string | undefined },
  terminal: Terminal,
): Gateway {
  const origin = URL.parse(options.gateway ?? terminal.env.HDVOICE_GATEWAY ?? "")?.origin ?? "null";
  if (origin === "null") throw new UsageError("--gateway must be a URL such as https://hdvoice.example.dev");
  const name = options["key-env"];
  const key = terminal.env[name];
  if (!key)
    throw new UsageError(`the environment variable ${name} holds no API key (--key-env names another)`);
  const prefix = options.app === undefined ? "/v1" : `/v1/apps/${encodeURIComponent(options.app)}`;

  async function ask(path: string): Promise<Response> {
    try {
      const headers = { authorization: `Bearer ${key}` };
      return await fetch(`${origin}${prefix}${path}`, { headers, signal: terminal.signal });
    } catch (cause) {
      terminal.signal.throwIfAborted();
      throw new Unreachable(`${origin} can't be reached`, { cause });
    }
  }

  return {
    async get(path) {
      for (let attempt = 1; ; attempt++) {
        const response = await ask(path);
        const waitSeconds = Number(response.headers.get("retry-after") ?? 2 ** (attempt - 1));
        const passes = TRANSIENT_STATUS.has(response.status) && waitSeconds <= LONGEST_WAIT_SECONDS;
        if (!passes || attempt === ATTEMPTS) return response;
        await response.body?.cancel();
        await sleep(waitSeconds * 1000, undefined, { signal: terminal.signal });
      }
    },
  };
}

export async function readProblem(response: Response): Promise<Problem> {
  const { status } = response;
  try {
    const { code, detail } = (await response.json()) as { code?: unknown; detail?: unknown };
    if (typeof code === "string" && typeof detail === "string") return { status, code, detail };
  } catch {
    // Not one of the gateway's answers: something stands in front of it.
  }
  return { status, code: `http-${status}`, detail: "the answer is not the gateway's" };
}
