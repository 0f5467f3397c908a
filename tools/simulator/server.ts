/**
 * The simulator behind a real socket. What `handle` answers goes over the wire as it is, wrong lengths and
 * broken-off bodies included; a simulated network failure destroys the socket.
 *
 * `node tools/simulator/server.ts` serves the demo account on SIMULATOR_PORT (default 8790).
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { CONTROL_PREFIX, control } from "./control.ts";
import type { WireAnswer } from "./delivery.ts";
import { createDemoSimulator, describeDemo } from "./demo-simulator.ts";
import { CLIENT_IP_HEADER } from "./incoming-call.ts";
import { NetworkFailure } from "./replacement.ts";
import type { Simulator } from "./simulator.ts";
import { TRANSCRIPTIONS_PATH } from "./transcriber/stand-in.ts";
import { send } from "./wire.ts";

const DEFAULT_PORT = 8790;
/** Longer than any client keeps an idle connection, so that none is closed just as it is used again. */
const KEEP_ALIVE_MS = 120_000;
export interface SimulatorServerOptions {
  /** 0: any free one. */
  port: number;
  host?: string;
  simulator: Simulator;
}

export interface SimulatorServer {
  /** `http://host:port`, no slash at the end. */
  readonly origin: string;
  readonly simulator: Simulator;
  /** Cuts every connection, also those that hang or drip. */
  close(): Promise<void>;
}

/** Resolves once it listens; rejects when the port is taken. */
export async function startSimulatorServer(options: SimulatorServerOptions): Promise<SimulatorServer> {
  const { port, host = "127.0.0.1", simulator } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    serve(simulator, incoming, outgoing).catch((error) => {
      console.error("simulator:", error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(String(error));
    });
  });

  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`port ${port} of ${host} is taken; set SIMULATOR_PORT to another one`, { cause: error });
  }
  return {
    origin: `http://${host}:${(server.address() as AddressInfo).port}`,
    simulator,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(simulator: Simulator, incoming: IncomingMessage, outgoing: ServerResponse) {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  try {
    const request = await readRequest(incoming, gone.signal);
    const answer = await answerTo(request, simulator);
    await send(answer, incoming, outgoing, gone.signal);
  } catch (error) {
    if (error instanceof NetworkFailure) incoming.socket.destroy();
    else if (!gone.signal.aborted) throw error;
  }
}

async function answerTo(request: Request, simulator: Simulator): Promise<WireAnswer> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith(CONTROL_PREFIX)) return asItIs(await control(simulator, request));
  if (pathname === TRANSCRIPTIONS_PATH) return asItIs(await simulator.transcriber.handle(request));
  return simulator.handleOnWire(request);
}

function asItIs(response: Response): WireAnswer {
  return { response, headPace: null, endsBy: "chunks" };
}

async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  headers.set(CLIENT_IP_HEADER, incoming.socket.remoteAddress ?? "");

  const body = await buffer(incoming);
  const { method = "GET" } = incoming;
  return new Request(new URL(incoming.url ?? "/", "http://simulator.invalid"), {
    method,
    headers,
    signal,
    body: method === "GET" || method === "HEAD" || body.length === 0 ? null : body,
  });
}

async function main(): Promise<void> {
  const port = Number(process.env.SIMULATOR_PORT || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`SIMULATOR_PORT is no port number: "${process.env.SIMULATOR_PORT}"`);
  }
  const demo = await createDemoSimulator();
  const server = await startSimulatorServer({ port, simulator: demo.simulator });
  console.log(describeDemo(demo, server.origin));
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => void server.close());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main().catch((error: Error) => {
    console.error(`simulator: ${error.message}`);
    process.exitCode = 1;
  });
}
