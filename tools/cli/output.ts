/**
 * Where sound is written to. A file gets its name only when it is complete: until then it is a `.part` file in the same
 * folder, which is removed if anything goes wrong, Ctrl+C included. What is written to stdout can't be taken back.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { describe, FileFailure } from "./failure.ts";

export const STDOUT = "-";

export interface Output {
  /** As people know it. */
  readonly name: string;
  write(bytes: Uint8Array): Promise<void>;
  /** Writes over the first bytes; null where that can't be done. */
  readonly rewriteStart: ((bytes: Uint8Array) => Promise<void>) | null;
  /** Everything is written. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

export interface FileOutputOptions {
  readonly mayReplace: boolean;
}

/** For whatever ends the process before it can abandon them itself. A process has one set of them. */
const unfinished = new Set<string>();
process.once("exit", () => {
  for (const file of unfinished) rmSync(file, { force: true });
});

/** All that it throws, then and later, is FileFailure. */
export async function createFileOutput(target: string, { mayReplace }: FileOutputOptions): Promise<Output> {
  const guard = guardFor(target);
  await guard(() => requireFree(target, mayReplace));
  const part = join(dirname(target), `.hdvoice-${randomUUID()}.part`);
  const handle = await guard(() => createPart(part));
  return {
    name: target,
    write: (bytes) => guard(() => handle.writeFile(bytes)),
    rewriteStart: async (bytes) => {
      await guard(() => handle.write(bytes, 0, bytes.length, 0));
    },
    finish: () =>
      guard(async () => {
        await handle.close();
        await requireFree(target, mayReplace);
        await rename(part, target);
        unfinished.delete(part);
      }),
    async abandon() {
      await handle.close();
      await rm(part, { force: true });
      unfinished.delete(part);
    },
  };
}

export function createStdoutOutput(stdout: Writable): Output {
  const guard = guardFor("stdout");
  return {
    name: "stdout",
    write: (bytes) =>
      guard(
        () =>
          new Promise((resolve, reject) => {
            stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
          }),
      ),
    rewriteStart: null,
    finish: async () => {},
    abandon: async () => {},
  };
}

/** Makes the folder and those above it, unless it is there. */
export async function makeFolder(folder: string): Promise<void> {
  await guardFor(folder)(() => mkdir(folder, { recursive: true }));
}

async function requireFree(target: string, mayReplace: boolean): Promise<void> {
  const existing = await stat(target).catch(() => null);
  if (existing?.isDirectory()) throw new FileFailure(target, "it is a folder");
  if (existing && !mayReplace)
    throw new FileFailure(target, "the file exists already, and is kept; --force replaces it");
}

async function createPart(part: string): Promise<FileHandle> {
  const handle = await open(part, "wx");
  unfinished.add(part);
  return handle;
}

function guardFor(name: string): <T>(run: () => Promise<T>) => Promise<T> {
  return async (run) => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof FileFailure) throw error;
      throw new FileFailure(name, `cannot be written: ${describe(error)[0]}`);
    }
  };
}
