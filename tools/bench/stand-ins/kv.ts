/** KV as workerd's binding speaks to it over HTTP: a value by its key, until it expires. From memory. */
import { buffer } from "node:stream/consumers";
import { type StandIn, startStandIn } from "./server.ts";

interface Entry {
  readonly value: Buffer;
  readonly metadata: string | null;
  readonly expiresAtMs: number;
}

export interface KvCounts {
  reads: number;
  writes: number;
}

export interface KvStandIn extends StandIn {
  readonly counts: KvCounts;
}

export async function startKvStandIn(): Promise<KvStandIn> {
  const entries = new Map<string, Entry>();
  const counts: KvCounts = { reads: 0, writes: 0 };
  const standIn = await startStandIn(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", "http://kv.invalid");
    const key = decodeURIComponent(url.pathname.slice(1));
    if (incoming.method === "GET") {
      counts.reads++;
      const entry = entries.get(key);
      if (!entry || entry.expiresAtMs <= Date.now()) {
        outgoing.writeHead(404).end();
        return;
      }
      const { value, metadata } = entry;
      const headers = metadata === null ? {} : { "cf-kv-metadata": metadata };
      outgoing.writeHead(200, { ...headers, "content-length": value.length }).end(value);
      return;
    }
    counts.writes++;
    if (incoming.method === "DELETE") entries.delete(key);
    else {
      const ttl = url.searchParams.get("expiration_ttl");
      entries.set(key, {
        value: await buffer(incoming),
        metadata: incoming.headers["cf-kv-metadata"]?.toString() ?? null,
        expiresAtMs: ttl === null ? Number.POSITIVE_INFINITY : Date.now() + Number(ttl) * 1000,
      });
    }
    outgoing.writeHead(204).end();
  });
  return { ...standIn, counts };
}
