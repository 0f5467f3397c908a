/** Which voice is decoded to where: what the names on the command line mean. Reads and writes nothing. */
import { basename, dirname, join, parse, resolve } from "node:path";
import { UsageError } from "./failure.ts";
import { FORMS, type Form, formOf } from "./form.ts";
import { nameOf, STDIN } from "./input.ts";
import { STDOUT } from "./output.ts";

export interface Task {
  /** A file's name, or STDIN. */
  readonly source: string;
  /** A file's name, or STDOUT. */
  readonly target: string;
  readonly form: Form;
}

export interface PlanOptions {
  readonly to?: Form;
  /** A folder for all outputs. */
  readonly out?: string;
}

const SUFFIXES = FORMS.map((form) => `.${form}`).join(", ");

/**
 * Of exactly two names the second is the output if it is `-` or ends like one, unless `out` says where outputs go. All
 * other names are inputs, each with an output of its own. `exists` tells whether there is such a file.
 */
export function planTasks(
  names: readonly string[],
  options: PlanOptions,
  exists: (file: string) => boolean,
): Task[] {
  if (options.out === STDOUT)
    throw new UsageError("--out takes a folder; for stdout, name '-' as the output.");
  const tasks =
    pairOf(names, options, exists) ??
    names.map((source) => ({ source, target: targetFor(source, options), form: options.to ?? "wav" }));
  refuseMixedStreams(names, tasks);
  refuseCollisions(tasks);
  return tasks;
}

/** The voice's name without folder and suffix. */
export function stemOf(source: string): string {
  return parse(nameOf(source)).name;
}

/** Null if all names are inputs. */
function pairOf(names: readonly string[], { to, out }: PlanOptions, exists: (file: string) => boolean) {
  const [source, target] = names;
  if (out !== undefined || source === undefined || target === undefined) return null;
  if (names.length > 2) {
    refuseSharedOutput(names);
    return null;
  }
  if (target === STDOUT) return [{ source, target, form: to ?? "wav" }];

  const form = formOf(target);
  if (form === null) {
    if (exists(target)) return null;
    throw new UsageError(
      `${target}: there is no such file to read, and an output's name ends in one of ${SUFFIXES}.`,
    );
  }
  if (to !== undefined && to !== form) {
    // An Ogg file may be a voice to read. The others can only be meant as outputs.
    if (form === "ogg") return null;
    throw new UsageError(`--to ${to} and the output's name ${target} contradict each other.`);
  }
  if (form === "ogg" && formOf(source) === "ogg" && exists(target)) {
    throw new UsageError(
      `${target}: there is such a file; is it to be read, or replaced? --out FOLDER or --to wav reads both files. ` +
        "To replace it, remove it first.",
    );
  }
  return [{ source, target, form }];
}

function targetFor(source: string, { to = "wav", out }: PlanOptions): string {
  const fileName = `${stemOf(source)}.${to}`;
  if (out !== undefined) return join(out, fileName);
  return source === STDIN ? STDOUT : join(dirname(source), fileName);
}

function refuseSharedOutput(names: readonly string[]): void {
  const last = names.at(-1) ?? "";
  const form = formOf(last);
  if (form === null || form === "ogg") return;
  throw new UsageError(
    `${last}: several voices can't go into one file. --out FOLDER puts them into a folder, one file each.`,
  );
}

function refuseMixedStreams(names: readonly string[], tasks: readonly Task[]): void {
  if (tasks.length < 2 || !names.includes(STDIN)) return;
  throw new UsageError("'-' stands for stdin or stdout only where a single voice is decoded.");
}

function refuseCollisions(tasks: readonly Task[]): void {
  const sources = new Map<string, string>();
  for (const { source, target } of tasks) {
    if (target === STDOUT) continue;
    if (source !== STDIN && resolve(source) === resolve(target))
      throw new UsageError(
        `${source} would be replaced by its own sound: name another output, or --out FOLDER.`,
      );
    const other = sources.get(resolve(target));
    if (other !== undefined)
      throw new UsageError(`${other} and ${source} would both become ${basename(target)} in one folder.`);
    sources.set(resolve(target), source);
  }
}
