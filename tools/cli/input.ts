/** Where a voice is read from: a file, or stdin, for which the name is `-`. */
import { type FileHandle, open } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { describe, FileFailure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export const STDIN = "-";

export interface Input {
  /** As people know it. */
  readonly name: string;
  /** Null for pipes and the like. Only an input of known length can be read more than once. */
  readonly lengthBytes: number | null;
  /** Of the reading that began last. */
  readonly readBytes: number;
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

export function nameOf(source: string): string {
  return source === STDIN ? "stdin" : source;
}

/** Throws FileFailure if there is no such file, or it may not be read. Reading ends when the terminal is interrupted. */
export async function openInput(source: string, terminal: Terminal): Promise<Input> {
  const { signal } = terminal;
  if (source === STDIN) {
    const close = async () => {};
    return createInput({
      name: nameOf(source),
      lengthBytes: null,
      signal,
      stream: () => terminal.stdin,
      close,
    });
  }
  const handle = await openFile(source);
  const stats = await handle.stat();
  const lengthBytes = stats.isFile() ? stats.size : null;
  if (stats.isDirectory()) {
    await handle.close();
    throw new FileFailure(source, "it is a folder; name the files in it");
  }
  const start = lengthBytes === null ? {} : { start: 0 };
  return createInput({
    ...{ name: source, lengthBytes, signal },
    stream: () => handle.createReadStream({ autoClose: false, ...start }),
    close: () => handle.close(),
  });
}

interface Source {
  readonly name: string;
  readonly lengthBytes: number | null;
  readonly signal: AbortSignal;
  readonly stream: () => Readable;
  readonly close: () => Promise<void>;
}

function createInput({ name, lengthBytes, signal, stream, close }: Source): Input {
  let readBytes = 0;
  return {
    name,
    lengthBytes,
    get readBytes() {
      return readBytes;
    },
    async *read() {
      readBytes = 0;
      // An aborted signal would destroy the stream before anybody listens to it.
      signal.throwIfAborted();
      for await (const chunk of addAbortSignal(signal, stream())) {
        readBytes += chunk.length;
        yield chunk;
      }
    },
    close,
  };
}

async function openFile(source: string): Promise<FileHandle> {
  try {
    return await open(source, "r");
  } catch (error) {
    throw new FileFailure(source, describe(error)[0] ?? "");
  }
}
