/** Commands that make the simulator push: it sends the request itself, and tells how it was answered. */
import { z } from "zod";
import type { Command } from "./command.ts";

const PLATFORM = z.strictObject({ componentAppId: z.string() });
const AUTHORIZATION = z.strictObject({
  componentAppId: z.string(),
  appId: z.string(),
  /** Ids with commas between. */
  permissionSets: z
    .string()
    .transform((list) => list.split(",").map(Number))
    .exactOptional(),
});

interface PushAnswer {
  readonly status: number;
  readonly body: string;
}

export const PUSH_COMMANDS: Readonly<Record<string, Command>> = {
  "POST push/ticket": {
    about: "sends a platform its ticket: ?componentAppId",
    run: (simulator, _request, query) => sendPush(simulator.pushTicket(PLATFORM.parse(query).componentAppId)),
  },
  "POST push/authorized": {
    about: "an account authorises a platform: ?componentAppId&appId[&permissionSets=1,11]",
    run(simulator, _request, query) {
      const { componentAppId, appId, permissionSets } = AUTHORIZATION.parse(query);
      return sendPush(simulator.pushAuthorized(componentAppId, appId, permissionSets));
    },
  },
  "POST push/unauthorized": {
    about: "an account takes the authorisation back: ?componentAppId&appId",
    run(simulator, _request, query) {
      const { componentAppId, appId } = AUTHORIZATION.parse(query);
      return sendPush(simulator.pushUnauthorized(componentAppId, appId));
    },
  },
};

async function sendPush(push: Promise<Request>): Promise<PushAnswer> {
  const response = await fetch(await push);
  return { status: response.status, body: await response.text() };
}
