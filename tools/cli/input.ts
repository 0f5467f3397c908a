/** Where a voice is read from: a file, or stdin, for which the name is `-`. */
import { type FileHandle, open } from "node:fs/promises";
import { describeSystemError, FileFailure } from "./failure.ts";

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

/** Throws FileFailure if there is no such file, or it may not be read. */
export async function openInput(source: string): Promise<Input> {
  if (source === STDIN)
    return createInput(
      nameOf(source),
      null,
      () => process.stdin,
      async () => {},
    );
  const handle = await openFile(source);
  const stats = await handle.stat();
  const lengthBytes = stats.isFile() ? stats.size : null;
  if (stats.isDirectory()) {
    await handle.close();
    throw new FileFailure(source, "it is a folder; name the files in it");
  }
  const start = lengthBytes === null ? {} : { start: 0 };
  return createInput(
    source,
    lengthBytes,
    () => handle.createReadStream({ autoClose: false, ...start }),
    () => handle.close(),
  );
}

function createInput(
  name: string,
  lengthBytes: number | null,
  chunks: () => AsyncIterable<Uint8Array>,
  close: () => Promise<void>,
): Input {
  let readBytes = 0;
  return {
    name,
    lengthBytes,
    get readBytes() {
      return readBytes;
    },
    async *read() {
      readBytes = 0;
      for await (const chunk of chunks()) {
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
    throw new FileFailure(source, describeSystemError(error));
  }
}
