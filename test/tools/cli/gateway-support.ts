/** A terminal that remembers, and a gateway that answers what a test tells it to. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Terminal } from "../../../tools/cli/terminal.ts";

export const KEY = "hdv_test_key";

export interface FakeTerminal extends Terminal {
  readonly printed: string[];
  readonly complaints: string[];
  readonly drawn: string[];
  interrupt(): void;
}

export function fakeTerminal(env: Record<string, string> = { HDVOICE_KEY: KEY }): FakeTerminal {
  const printed: string[] = [];
  const complaints: string[] = [];
  const drawn: string[] = [];
  const controller = new AbortController();
  return {
    env,
    printed,
    complaints,
    drawn,
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
    draw: (text) => drawn.push(text),
    signal: controller.signal,
    interrupt: () => controller.abort(),
  };
}

export interface FakeGateway {
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Most requests that were open at once. */
  readonly mostAtOnce: () => number;
  close(): Promise<void>;
}

export async function fakeGateway(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void | Promise<void>,
): Promise<FakeGateway> {
  const asked: string[] = [];
  let open = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    open++;
    most = Math.max(most, open);
    response.once("close", () => open--);
    await answer(request.url ?? "", response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    mostAtOnce: () => most,
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
