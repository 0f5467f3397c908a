/**
 * R2 as workerd's binding speaks to it over HTTP, for reading only, from memory, in this process: what it costs is not
 * counted among what the Worker costs. GET with the request as JSON in `cf-r2-request`; the answer is the object's metadata
 * as JSON, `cf-r2-metadata-size` bytes of it, and then the bytes.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface StandInObject {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

interface ReadRequest {
  readonly method: "get" | "head";
  readonly object: string;
}

export async function startR2StandIn(objects: readonly StandInObject[]) {
  const answers = new Map(objects.map((object) => [object.key, prepare(object)]));
  const server = createServer((incoming, outgoing) => {
    const { method, object } = JSON.parse(String(incoming.headers["cf-r2-request"])) as ReadRequest;
    const answer = answers.get(object);
    if (!answer) {
      const error = JSON.stringify({
        version: 0,
        v4code: 10007,
        message: "The specified key does not exist.",
      });
      outgoing.writeHead(404, { "cf-r2-error": error }).end();
      return;
    }
    const { metadata, whole } = answer;
    const body = method === "head" ? whole.subarray(0, metadata.length) : whole;
    outgoing
      .writeHead(200, { "cf-r2-metadata-size": metadata.length, "content-length": body.length })
      .end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function prepare({ key, bytes, contentType, metadata: custom }: StandInObject) {
  const md5 = createHash("md5").update(bytes).digest("hex");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const metadata = Buffer.from(
    JSON.stringify({
      name: key,
      version: md5,
      size: bytes.length,
      etag: md5,
      uploaded: Date.now(),
      httpFields: { contentType },
      customFields: Object.entries(custom).map(([k, v]) => ({ k, v })),
      range: { offset: 0, length: bytes.length },
      checksums: { 0: md5, 2: sha256 },
    }),
  );
  return { metadata, whole: Buffer.concat([metadata, bytes]) };
}
