/** A backend that is called back, behind a real socket. It verifies with the library that receivers use. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

export interface ReceivedEvent {
  readonly type: string;
  readonly data: {
    readonly jobId: string;
    readonly mediaId: string;
    readonly code?: string;
    readonly links?: Readonly<Record<string, { url: string; expiresAt: string }>>;
  };
}

export interface Received {
  readonly id: string;
  readonly path: string;
  readonly event: ReceivedEvent;
  /** The caller has left before it was answered. */
  isAbandoned: boolean;
}

export interface Receiver {
  readonly origin: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** `answer` ends the response, or leaves it open for good. */
export async function startReceiver(
  secret: string,
  answer: (delivery: Received, count: number, response: ServerResponse) => void,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    const path = request.url ?? "";
    try {
      const event = new Webhook(secret).verify(body, headers) as ReceivedEvent;
      const delivery = { id: headers["webhook-id"] ?? "", path, event, isAbandoned: false };
      received.push(delivery);
      response.once("close", () => {
        delivery.isAbandoned = !response.writableEnded;
      });
      const count = received.filter(({ id }) => id === delivery.id).length;
      answer(delivery, count, response);
    } catch {
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
