/** A terminal that remembers, and a gateway that answers what a test tells it to. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable, Writable } from "node:stream";
import type { Progress } from "../../../tools/cli/bar.ts";
import { Interrupted } from "../../../tools/cli/failure.ts";
import type { Terminal } from "../../../tools/cli/terminal.ts";

export const KEY = "hdv_test_key";

export interface FakeTerminal extends Terminal {
  readonly printed: string[];
  readonly said: string[];
  /** What the bar showed, each time that there was something new. */
  readonly shown: Progress[];
  /** What it was asked to wait for. It doesn't. */
  readonly sleptMs: number[];
  /** As Ctrl+C does. */
  interrupt(): void;
}

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: readonly (string | Uint8Array)[];
  /** What is typed when a secret is asked for; null where nobody is there. */
  readonly secret?: string | null;
  /** Runs while the program sleeps. */
  readonly onSleep?: (terminal: FakeTerminal) => void;
}

export function fakeTerminal({ env = { HDVOICE_KEY: KEY }, ...world }: World = {}): FakeTerminal {
  const controller = new AbortController();
  const { signal } = controller;
  let hasFailed = false;
  const terminal: FakeTerminal = {
    env,
    signal,
    printed: [],
    said: [],
    shown: [],
    sleptMs: [],
    stdin: Readable.from((world.stdin ?? []).map((piece) => Buffer.from(piece))),
    stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
    print: (...lines) => void terminal.printed.push(...lines),
    say: (...lines) => void terminal.said.push(...lines),
    show: (progress) => void terminal.shown.push(progress()),
    clear: () => {},
    askSecret: async () => world.secret ?? null,
    async sleep(milliseconds) {
      terminal.sleptMs.push(milliseconds);
      world.onSleep?.(terminal);
      signal.throwIfAborted();
    },
    fail() {
      hasFailed = true;
    },
    get hasFailed() {
      return hasFailed;
    },
    interrupt() {
      controller.abort(new Interrupted(130));
    },
  };
  return terminal;
}

export interface FakeGateway {
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Requests that are open now. */
  readonly open: () => number;
  close(): Promise<void>;
}

export async function fakeGateway(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void | Promise<void>,
): Promise<FakeGateway> {
  const asked: string[] = [];
  let open = 0;
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    open++;
    response.once("close", () => open--);
    await answer(request.url ?? "", response, request);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function problem(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, { "content-type": "application/problem+json", ...headers });
  response.end(JSON.stringify({ status, code, detail: `because of ${code}` }));
}
