/** The third-party platform under test: WeChat's pushes to it, delivered to the Worker. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { PLATFORM_ID } from "./accounts.ts";
import { wechat } from "./gateway.ts";

/** The Worker's answer to a push. */
export async function deliver(push: Promise<Request>): Promise<string> {
  const response = await exports.default.fetch(await push);
  return `${response.status} ${await response.text()}`;
}

/** Lets the platform's keeper do what a push has left for its alarm. */
export async function settle(): Promise<void> {
  await runDurableObjectAlarm(env.PLATFORM_KEEPER.getByName(PLATFORM_ID));
}

/** A ticket has arrived, and `appId` has authorised the platform for these permission sets. */
export async function authorize(appId: string, permissionSets?: readonly number[]): Promise<void> {
  await deliver(wechat.pushTicket(PLATFORM_ID));
  await deliver(wechat.pushAuthorized(PLATFORM_ID, appId, permissionSets));
  await settle();
}
