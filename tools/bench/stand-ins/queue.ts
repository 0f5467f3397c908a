/** The sending side of a queue, as workerd's binding speaks to it over HTTP. What is sent is kept, and delivered to nobody. */
import { json } from "node:stream/consumers";
import { type StandIn, startStandIn } from "./server.ts";

interface SentBatch {
  readonly messages: readonly { readonly body: string }[];
}

/** What the binding expects to hear, of a queue in which nothing waits. */
const ANSWER = JSON.stringify({
  metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } },
});

export interface QueueStandIn extends StandIn {
  /** The messages sent since it was last called. */
  take(): unknown[];
}

export async function startQueueStandIn(): Promise<QueueStandIn> {
  let sent: unknown[] = [];
  const standIn = await startStandIn(async (incoming, outgoing) => {
    const body = await json(incoming);
    if (incoming.url?.startsWith("/batch")) sent.push(...bodiesOf(body as SentBatch));
    else sent.push(body);
    outgoing.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
  });
  return {
    ...standIn,
    take() {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}

/** A batch's bodies travel as JSON in base64. */
function bodiesOf({ messages }: SentBatch): unknown[] {
  return messages.map(({ body }) => JSON.parse(Buffer.from(body, "base64").toString()));
}
