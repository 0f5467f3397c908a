/**
 * A real recogniser at the other end: pocketsphinx, behind a small endpoint in OpenAI's manner. Its English model is too small to
 * take down free speech of a synthesiser's, so it gets the sentences to choose from; which one it is, it has to hear. Needs
 * Debian's pocketsphinx and pocketsphinx-en-us; without them the tests are skipped and say so.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VOICES } from "../../tools/fixtures/recipes.ts";
import { DEMO_KEY } from "../../tools/local/settings.ts";
import { DEMO_ACCOUNT } from "../../tools/simulator/demo-simulator.ts";
import { startWorkers, type Workers } from "./workers.ts";

const PROGRAM = "/usr/bin/pocketsphinx_continuous";
const isThere = existsSync(PROGRAM) && existsSync("/usr/share/pocketsphinx/model/en-us/en-us");
const NAME = isThere
  ? "a real recogniser"
  : "a real recogniser (skipped: apt-get install pocketsphinx pocketsphinx-en-us)";

/** Those in English, by their texts. It doesn't know the word Speex, and hears nothing in what is clipped. */
const HEARD = ["english-8s", "child-3s", "low-3s", "noisy-5s", "short-half-second"];
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/speex /g, "")
    .replace(/[^a-z ]/g, "");
const sentences = HEARD.map((name) => ({
  name,
  text: plain(VOICES.find((voice) => voice.name === name)?.speech[0]?.text ?? ""),
}));

const folder = mkdtempSync(join(tmpdir(), "hdvoice-recogniser-"));
const grammar = join(folder, "sentences.gram");
const files: string[] = [];

/** Writes the file down, listens, and answers what it heard, in the simplest shape that an endpoint may have. */
const recogniser = createServer(async (incoming, outgoing) => {
  const form = await new Response(await buffer(incoming), {
    headers: { "content-type": incoming.headers["content-type"] ?? "" },
  }).formData();
  const file = join(folder, `${files.length}.wav`);
  files.push(file);
  writeFileSync(file, new Uint8Array(await (form.get("file") as File).arrayBuffer()));
  const words = ["-infile", file, "-jsgf", grammar, "-logfn", "/dev/null"];
  const { stdout } = await promisify(execFile)(PROGRAM, words);
  outgoing.setHeader("content-type", "application/json");
  outgoing.end(JSON.stringify({ text: stdout }));
});

let workers: Workers;

describe.skipIf(!isThere)(NAME, () => {
  beforeAll(async () => {
    const choices = sentences.map(({ text }) => text).join(" | ");
    writeFileSync(grammar, `#JSGF V1.0;\ngrammar sentences;\npublic <sentence> = ${choices};\n`);
    recogniser.listen(0, "127.0.0.1");
    await once(recogniser, "listening");
    const { port } = recogniser.address() as AddressInfo;
    workers = await startWorkers(1, {
      TRANSCRIBER_URL: `http://127.0.0.1:${port}/v1/audio/transcriptions`,
      TRANSCRIBER_MODEL: "pocketsphinx-en-us",
    });
  });

  afterAll(async () => {
    await workers.stop();
    recogniser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(sentences)("hears in $name what espeak-ng was told to say", async ({ name, text }) => {
    const speex = readFileSync(new URL(`../fixtures/voices/${name}.speex`, import.meta.url));
    workers.simulator.addRecording(DEMO_ACCOUNT.appId, name, speex);
    const response = await fetch(`${workers.origins[0]}/v1/voices/${name}.txt`, {
      headers: { authorization: `Bearer ${DEMO_KEY}` },
    });
    expect([response.status, await response.text()]).toEqual([200, `${text}\n`]);
  });
});
