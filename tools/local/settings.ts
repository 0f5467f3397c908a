/** What the local gateway is set to when it talks to the simulator. These keys and secrets open nothing real. */
import { createHash } from "node:crypto";
import { DEMO_ACCOUNT } from "../simulator/demo-simulator.ts";
import { DEMO_TRANSCRIBER_KEY, TRANSCRIPTIONS_PATH } from "../simulator/transcriber/stand-in.ts";

/** The API key of `npm run demo` and `npm run dev`. Good only where DEMO_KEYS is set. */
export const DEMO_KEY = "hdv_demo_for-this-machine-only";

export const DEMO_KEYS = JSON.stringify([
  {
    id: "demo",
    sha256: createHash("sha256").update(DEMO_KEY).digest("hex"),
    scopes: [
      "voices:read",
      "voices:transcribe",
      "voices:delete",
      "accounts:read",
      "links:create",
      "fetches:create",
      "fetches:read",
      "jsapi:sign",
      "compat",
    ],
  },
]);

/** What signs links and webhooks of the demo. */
export const DEMO_WEBHOOK_SECRET = "whsec_Zm9yLXRoaXMtbWFjaGluZS1vbmx5LW5vdC1yZWFs";
export const DEMO_CALLBACK_SECRET = "whsec_Y2FsbGJhY2tzLW9mLXRoaXMtbWFjaGluZS1vbmx5";
export const DEMO_SIGNING = {
  LINK_KEYS: JSON.stringify([{ id: "demo", secret: "a link secret for this machine only" }]),
  // Jobs that are posted with it get links in their callbacks.
  WEBHOOK_SECRETS: JSON.stringify([{ secret: DEMO_WEBHOOK_SECRET, scopes: ["voices:read"] }]),
  CALLBACK_SECRETS: DEMO_CALLBACK_SECRET,
} as const;

export function demoAccount(simulatorOrigin: string) {
  return {
    WECHAT_APP_ID: DEMO_ACCOUNT.appId,
    WECHAT_APP_SECRET: DEMO_ACCOUNT.secret,
    WECHAT_API_ORIGINS: simulatorOrigin,
  };
}

/** The simulator's transcriber, which hears the test voices. */
export function demoTranscriber(simulatorOrigin: string) {
  return {
    TRANSCRIBER_URL: simulatorOrigin + TRANSCRIPTIONS_PATH,
    TRANSCRIBER_KEY: DEMO_TRANSCRIBER_KEY,
    TRANSCRIBER_MODEL: "whisper-1",
  };
}
