/** What the stand-ins have in common: a server in this process, whose work is not counted among what a Worker costs. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Longer than workerd keeps an idle connection, so that none is closed just as it is used again. */
const KEEP_ALIVE_MS = 600_000;

export interface StandIn {
  readonly port: number;
  /** Requests that have not been answered to their end. */
  openRequests(): number;
  close(): void;
}

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export async function startStandIn(handle: Handler): Promise<StandIn> {
  let openCount = 0;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    openCount++;
    outgoing.once("close", () => {
      openCount--;
    });
    handle(incoming, outgoing).catch((error: Error) => {
      console.error(`stand-in: ${error.message}`);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    openRequests: () => openCount,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
