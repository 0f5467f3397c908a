/** HTTP as it is on the wire: what is sent is written by hand, and what comes back is not interpreted by any client. */
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly statusLine: string;
  /** In their order, as they were spelled. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** One connection, which is kept for all requests. Each answer must have a Content-Length. */
export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #isOpen = true;
  #wake = () => {};

  constructor(origin: string) {
    this.#socket = connect(Number(new URL(origin).port), "127.0.0.1");
    this.#socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    this.#socket.on("close", () => {
      this.#isOpen = false;
      this.#wake();
    });
  }

  async request(
    method: string,
    target: string,
    headers: readonly string[] = [],
    body = "",
  ): Promise<RawAnswer> {
    const lines = [`${method} ${target} HTTP/1.1`, "Host: hdvoice.test", ...headers];
    if (body !== "") lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    const head = (await this.#take(headLength)).toString("latin1");
    const [statusLine = "", ...rest] = head.trimEnd().split("\r\n");
    const pairs = rest.map((line) => line.split(/: (.*)/) as unknown as readonly [string, string]);
    const answer = pairs.map(([name, value]) => [name, value] as const);
    const length = Number(answer.find(([name]) => name.toLowerCase() === "content-length")?.[1]);
    const size = method === "HEAD" ? 0 : length;
    return {
      statusLine,
      headers: answer,
      body: await this.#take((bytes) => (bytes.length >= size ? size : null)),
    };
  }

  close(): void {
    this.#socket.destroy();
  }

  async #take(lengthOf: (bytes: Buffer) => number | null): Promise<Buffer> {
    for (;;) {
      const length = lengthOf(this.#received);
      if (length !== null) {
        const taken = this.#received.subarray(0, length);
        this.#received = this.#received.subarray(length);
        return taken;
      }
      if (!this.#isOpen) throw new Error(`the connection ended behind ${this.#received.toString("latin1")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** With the empty line behind it; null: it isn't whole yet. */
function headLength(bytes: Buffer): number | null {
  const end = bytes.indexOf("\r\n\r\n");
  return end === -1 ? null : end + 4;
}
