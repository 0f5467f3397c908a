/** The terminal of this process, which has one. */
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createBar, type Later, type Screen } from "./bar.ts";
import { describe, EXIT, Interrupted } from "./failure.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const controller = new AbortController();
  const { signal } = controller;
  const bar = createBar(env.TERM === "dumb" ? NO_SCREEN : stderr, later);
  let hasFailed = false;
  abortOnSignals(controller);
  // Whoever writes gets its failure. Without a listener, the stream would end the process too.
  stdout.on("error", () => {});
  stderr.on("error", () => {});

  function say(...lines: string[]): void {
    bar.clear();
    stderr.write(textOf(lines));
  }

  return {
    env,
    signal,
    stdout,
    get stdin() {
      return process.stdin;
    },
    print(...lines) {
      bar.clear();
      stdout.write(textOf(lines), (error) => {
        if (!error || signal.aborted) return;
        say(`hdvoice: stdout: cannot be written: ${describe(error)[0]}`);
        // This may come late, when the exit code has been decided.
        hasFailed = true;
        process.exitCode = EXIT.failed;
        controller.abort(new Interrupted(EXIT.failed));
      });
    },
    say,
    show: bar.show,
    clear: bar.clear,
    askSecret: (question) => askSecret(question, signal),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }),
    fail() {
      hasFailed = true;
    },
    get hasFailed() {
      return hasFailed;
    },
  };
}

/** A terminal that understands nothing but lines. */
const NO_SCREEN: Screen = { write: () => {} };

const later: Later = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds).unref();
  return () => clearTimeout(timer);
};

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${visible(line)}\n`).join("");
}

/** The first signal lets the work in hand come to a clean end. A second one doesn't wait for it. */
function abortOnSignals(controller: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      const exitCode = 128 + constants.signals[name];
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(new Interrupted(exitCode));
    });
  }
}

async function askSecret(message: string, signal: AbortSignal): Promise<string | null> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return null;
  const { isCancel, password } = await import("@clack/prompts");
  // A prompt acts on its signal even when it has long been answered, so it gets one of its own.
  const ended = new AbortController();
  const end = () => ended.abort();
  signal.addEventListener("abort", end);
  try {
    const answer = await password({ message, signal: ended.signal, output: stderr, withGuide: false });
    signal.throwIfAborted();
    // The prompt reads the keyboard itself, so Ctrl+C is a key to it and no signal.
    if (isCancel(answer)) throw new Interrupted(128 + constants.signals.SIGINT);
    return answer;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
