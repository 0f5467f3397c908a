/** One request of a bench, over a connection that is kept: what came, checked and counted, and thrown away. */
import { type Agent, request } from "node:http";

export interface Expected {
  readonly status: number;
  readonly lengthBytes: number;
}

export interface Sent {
  readonly agent: Agent;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly lengthBytes: number;
  /** The first bytes of the body. */
  readonly text: string;
}

const TEXT_BYTES = 2_000;

export function send(url: string, { agent, headers = {}, method = "GET", body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, headers, method }, (incoming) => {
      let lengthBytes = 0;
      let text = "";
      incoming.on("data", (chunk: Buffer) => {
        lengthBytes += chunk.length;
        if (text.length < TEXT_BYTES && incoming.statusCode !== 200) text += chunk.toString("latin1");
      });
      incoming.on("error", reject);
      incoming.on("end", () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, lengthBytes, text });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Throws when something else came: a measurement of failures would look fast. */
export async function expectAnswer(url: string, sent: Sent, expected: Expected): Promise<Received> {
  const received = await send(url, sent);
  const { status, lengthBytes, text } = received;
  if (status === expected.status && lengthBytes === expected.lengthBytes) return received;
  throw new Error(`${url} answered ${status} with ${lengthBytes} bytes. ${text}`);
}
