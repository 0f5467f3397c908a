/**
 * `npm run dev`: the Worker on PORT (default 8787), reloaded on change, with the WeChat simulator on SIMULATOR_PORT
 * (default 8790). With WECHAT_API_ORIGINS set it talks to those hosts instead, and there is no simulator.
 * What .dev.vars sets wins over the demo's settings.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { createDemoSimulator, describeRest } from "../simulator/demo-simulator.ts";
import { startSimulatorServer } from "../simulator/server.ts";
import { startLocalGateway } from "./gateway.ts";
import { portFrom } from "./port.ts";
import { DEMO_KEY, DEMO_KEYS, DEMO_SIGNING, demoAccount, demoTranscriber } from "./settings.ts";
import { untilStopped } from "./until-stopped.ts";

/** Settings that the simulator's account stands for. */
const ACCOUNT_SETTINGS = ["WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_API_ORIGINS"] as const;

const ownSettings = existsSync(".dev.vars") ? parseEnv(readFileSync(".dev.vars", "utf8")) : {};
const upstream = process.env.WECHAT_API_ORIGINS ?? ownSettings.WECHAT_API_ORIGINS;

// The gateway ends with us.
untilStopped().then(
  () => process.exit(0),
  () => process.exit(1),
);
try {
  await dev();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function dev(): Promise<void> {
  const vars: Record<string, string> = { API_KEYS: DEMO_KEYS, ...DEMO_SIGNING };
  let tryWith = "YOUR_MEDIA_ID";
  if (upstream) {
    vars.WECHAT_API_ORIGINS = upstream;
    console.log(`WeChat at ${upstream}: the account comes from .dev.vars.`);
    if (!existsSync(".dev.vars"))
      console.log("There is no .dev.vars: copy .dev.vars.example and fill it in.");
  } else {
    const demo = await createDemoSimulator();
    const port = portFrom("SIMULATOR_PORT", 8790);
    const { origin } = await startSimulatorServer({ port, simulator: demo.simulator });
    Object.assign(vars, demoAccount(origin), demoTranscriber(origin));
    tryWith = demo.voices.find(({ mediaId }) => mediaId.startsWith("chinese"))?.mediaId ?? tryWith;
    console.log(`WeChat simulator at ${origin}, with ${demo.voices.length} voices:`);
    console.log(`  ${demo.voices.map(({ mediaId }) => mediaId).join(" ")}`);
    for (const line of describeRest(origin)) console.log(line);
  }
  const accountIsOwn = ACCOUNT_SETTINGS.some((name) => name in ownSettings);
  if (!upstream && accountIsOwn) {
    console.log("The account in .dev.vars is not used: the simulator doesn't know it. With");
    console.log("WECHAT_API_ORIGINS=https://api.weixin.qq.com npm run dev asks WeChat itself.");
  }
  for (const name of Object.keys(ownSettings)) {
    if (upstream || !ACCOUNT_SETTINGS.some((known) => known === name)) delete vars[name];
  }

  const gateway = await startLocalGateway({
    port: portFrom("PORT", 8787),
    vars,
    output: "everything",
  });
  const key = "API_KEYS" in ownSettings ? "YOUR_API_KEY" : DEMO_KEY;
  console.log(`\nhdvoice at ${gateway.origin}. Try:`);
  console.log(`  curl -H 'Authorization: Bearer ${key}' ${gateway.origin}/v1/voices/${tryWith}.json`);
  console.log("Ctrl+C stops it.\n");
  await gateway.ended;
  process.exit(1);
}
