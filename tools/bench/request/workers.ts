/** The Workers that are measured, as services of a bare workerd: the gateway, and the bare Worker beside it. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEMO_KEYS, DEMO_SIGNING, demoAccount } from "../../local/settings.ts";
import { DEMO_ACCOUNT } from "../../simulator/demo-simulator.ts";
import { bundleWorker } from "../gateway-workerd.ts";
import { type Module, modulesOf, type WorkerService } from "../runtime/configuration.ts";
import { bindingsOf, type WranglerSettings } from "../runtime/settings.ts";
import type { World } from "./world.ts";

const BARE_ENTRY = "tools/bench/bare-worker.ts";
const DRIVER = "queue-driver.js";
/** So that an hour can be measured too. */
const LONGEST_SECONDS = 3_600;

export interface Bundles {
  readonly gateway: readonly Module[];
  readonly bare: readonly Module[];
}

export function bundle(folder: string): Bundles {
  return {
    gateway: modulesOf(bundleWorker(folder)),
    bare: modulesOf(bundleWorker(folder, BARE_ENTRY)),
  };
}

/** The same with WebAssembly bytes of its own, for which V8 has compiled nothing yet: it shares code by bytes. */
export function withOwnWasm(modules: readonly Module[], folder: string, tag: string): Module[] {
  return modules.map(({ name, file }) => {
    if (!name.endsWith(".wasm")) return { name, file };
    const own = `${file}.${tag.replaceAll("/", "-")}`;
    writeFileSync(join(folder, own), withCustomSection(readFileSync(join(folder, file)), tag));
    return { name, file: own };
  });
}

/** A custom section means nothing to anybody: id 0, its length, and a name with its own length in front. */
export function withCustomSection(wasm: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > 126) throw new RangeError("a name of more than 126 bytes needs a longer length");
  return new Uint8Array([...wasm, 0, bytes.length + 1, bytes.length, ...bytes]);
}

/** The gateway: its Worker under the given name, and its Durable Objects in an isolate of their own. */
export function gatewayServices(
  name: string,
  modules: readonly Module[],
  settings: WranglerSettings,
  world: World,
): WorkerService[] {
  const objects = objectsOf(name);
  const variables = {
    ...demoAccount(world.wechatOrigin),
    ...DEMO_SIGNING,
    API_KEYS: DEMO_KEYS,
    MAX_VOICE_SECONDS: String(LONGEST_SECONDS),
  };
  const platform = { kv: "kv", r2: "r2", queue: "queue", serviceOf: () => objects };
  const bindings = bindingsOf(settings, variables, platform);
  const { compatibilityFlags } = settings;
  const classes = settings.objects.map(({ className }) => className);
  return [
    { name, modules, bindings, compatibilityFlags },
    { name: objects, modules, bindings, compatibilityFlags, objects: classes },
  ];
}

export function objectsOf(name: string): string {
  return `${name}/objects`;
}

export async function bareService(
  name: string,
  modules: readonly Module[],
  world: World,
): Promise<WorkerService> {
  return {
    name,
    modules,
    bindings: [
      { kind: "r2", name: "VOICES", service: "r2" },
      { kind: "text", name: "WECHAT_ORIGIN", text: world.wechatOrigin },
      { kind: "text", name: "WECHAT_TOKEN", text: await askToken(world.wechatOrigin) },
    ],
  };
}

/** Hands messages to the queue handlers of other Workers. */
export function driverService(folder: string, receivers: readonly string[]): WorkerService {
  copyFileSync(join(import.meta.dirname, DRIVER), join(folder, DRIVER));
  return {
    name: "driver",
    modules: modulesOf([DRIVER]),
    bindings: receivers.map((service) => ({ kind: "service", name: service, service })),
    compatibilityFlags: ["service_binding_extra_handlers"],
  };
}

/** The account's token: in normal mode everybody gets the same one. */
async function askToken(wechatOrigin: string): Promise<string> {
  const { appId: appid, secret } = DEMO_ACCOUNT;
  const response = await fetch(`${wechatOrigin}/cgi-bin/stable_token`, {
    method: "POST",
    body: JSON.stringify({ grant_type: "client_credential", appid, secret }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error("The simulator gave no token.");
  return token;
}
