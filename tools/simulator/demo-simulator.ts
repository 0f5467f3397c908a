/** The simulator that `npm run dev`, `npm run demo` and a bare `server.ts` serve: one account, the test voices. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { SimulatorAccount } from "./account.ts";
import { MANNERS } from "./manners.ts";
import { createSimulator, type Simulator } from "./simulator.ts";
import { SOUND_KINDS, type SoundKindName } from "./sounds/kinds.ts";

export const DEMO_ACCOUNT = {
  appId: "wx0000000000000de0",
  secret: "simulator-secret-not-a-real-one",
} as const satisfies SimulatorAccount;

/** For WeCom's side; the gateway of `npm run dev` doesn't use it. */
export const DEMO_CORP = {
  appId: "ww0000000000000de0",
  secret: DEMO_ACCOUNT.secret,
  kind: "work",
} as const satisfies SimulatorAccount;

const VOICES_FOLDER = new URL("../../test/fixtures/voices/", import.meta.url);

export interface DemoSimulator {
  readonly simulator: Simulator;
  readonly voices: readonly { readonly mediaId: string; readonly lengthBytes: number }[];
  readonly voicesFolder: string;
}

/**
 * Every `*.speex` in the folder becomes a recording of both demo accounts; its name is the media id. So does a second of every
 * kind of sound, from either download.
 */
export async function createDemoSimulator(folder: URL = VOICES_FOLDER): Promise<DemoSimulator> {
  const simulator = createSimulator({ accounts: [DEMO_ACCOUNT, DEMO_CORP] });
  const voices = [];
  for (const name of await speexFiles(folder)) {
    const bytes = await readFile(new URL(encodeURIComponent(name), folder));
    const mediaId = name.slice(0, -".speex".length).replace(/[^A-Za-z0-9_-]/g, "-");
    for (const { appId } of [DEMO_ACCOUNT, DEMO_CORP]) simulator.addRecording(appId, mediaId, bytes);
    voices.push({ mediaId, lengthBytes: bytes.length });
  }
  for (const kind of Object.keys(SOUND_KINDS) as SoundKindName[]) {
    for (const { appId } of [DEMO_ACCOUNT, DEMO_CORP]) {
      simulator.addSound(appId, kind, kind);
      simulator.addSound(appId, kind, kind, { endpoint: "media" });
    }
  }
  return { simulator, voices, voicesFolder: fileURLToPath(folder) };
}

/** What a person who has just started it needs to know, with commands to paste. */
export function describeDemo({ voices, voicesFolder }: DemoSimulator, origin: string): string {
  const { appId, secret } = DEMO_ACCOUNT;
  const list = voices.map(({ mediaId, lengthBytes }) => `  ${mediaId}  ${lengthBytes} bytes`);
  const none = [`  none: no *.speex in ${voicesFolder}`];
  const media = `media_id=${voices[0]?.mediaId ?? "MEDIA_ID"}`;
  return [
    `WeChat simulator at ${origin}`,
    `appId ${appId}, of WeCom ${DEMO_CORP.appId}; secret ${secret}`,
    "Voices (media id, length):",
    ...(list.length > 0 ? list : none),
    ...describeRest(origin),
    "Try:",
    `  TOKEN=$(curl -s '${origin}/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${secret}' | cut -d'"' -f4)`,
    `  curl -i "${origin}/cgi-bin/media/get/jssdk?access_token=$TOKEN&${media}" -o -`,
    `  curl '${origin}/_simulator/misbehave' -d '{"kind":"errcode","errcode":-1,"times":1}'`,
    "Ctrl+C stops it.",
  ].join("\n");
}

/** What else it can do: what there is by id, and the names of all ways to misbehave. */
export function describeRest(origin: string): string[] {
  return [
    `Sounds of other kinds: ${Object.keys(SOUND_KINDS).join(" ")}`,
    `Ways to misbehave: ${Object.keys(MANNERS).join(" ")}`,
    `  curl ${origin}/_simulator/help   says what each is for, and lists all commands`,
  ];
}

async function speexFiles(folder: URL): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(".speex")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
