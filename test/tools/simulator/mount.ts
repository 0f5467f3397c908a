/** The simulator in fetch's place and behind a socket: what is promised of one holds for the other. */
import { startSimulatorServer } from "../../../tools/simulator/server.ts";
import { createSimulator, type Simulator } from "../../../tools/simulator/simulator.ts";
import { APP_ID, type Ask, askOf, createClock, frames, SECRET, stableToken, tokenIn } from "./support.ts";

export const CORP_ID = "ww0000000000000001";
export const RECORDING = frames(3);
export const MOUNTS = ["handle", "socket"] as const;

/** `m1` can be had from both downloads, `unknown` from none. */
export interface Mounted {
  readonly simulator: Simulator;
  readonly ask: Ask;
  /** A download with a token that works. Default: `m1` from getHDVoice. */
  media(options?: { mediaId?: string; path?: string; init?: RequestInit }): Promise<Response>;
  token(): Promise<Response>;
  close(): Promise<void>;
}

/** `desk`: whose tokens and downloads these are, an Official Account's or a corp's. */
export async function mount(where: (typeof MOUNTS)[number], desk: "official" | "work"): Promise<Mounted> {
  const simulator = createSimulator({
    now: createClock().now,
    accounts: [
      { appId: APP_ID, secret: SECRET },
      { appId: CORP_ID, secret: SECRET, kind: "work" },
    ],
  });
  const appId = desk === "work" ? CORP_ID : APP_ID;
  for (const endpoint of ["jssdk", "media"] as const) {
    simulator.addRecording(appId, "m1", RECORDING, { endpoint, contentType: "voice/speex" });
  }
  const server = where === "socket" ? await startSimulatorServer({ port: 0, simulator }) : null;
  const host = `https://${desk === "work" ? "qyapi" : "api"}.weixin.qq.com`;
  const ask: Ask = server
    ? (path, init) => fetch(`${server.origin}${path}`, init)
    : (path, init) => simulator.handle(new Request(`${host}${path}`, init));
  const token = () =>
    desk === "work" ? ask(`/cgi-bin/gettoken?corpid=${CORP_ID}&corpsecret=${SECRET}`) : stableToken(ask);
  const goodToken = await tokenIn(desk === "work" ? token() : stableToken(askOf(simulator)));

  return {
    simulator,
    ask,
    token,
    media: ({ mediaId = "m1", path = "/cgi-bin/media/get/jssdk", init } = {}) =>
      ask(`${path}?access_token=${goodToken}&media_id=${mediaId}`, init),
    close: async () => server?.close(),
  };
}
