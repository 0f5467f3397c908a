/** A platform's keeper, from outside: what its Durable Object answers, and a client whose failures are ServiceErrors. */
import type { Reply } from "../../failure.ts";
import type { World } from "../../world.ts";
import { callObject } from "../object-call.ts";
import type { PushFields } from "../push/fields.ts";
import type { AccessToken } from "../token/source.ts";
import type { PlatformStatus } from "./clerk.ts";

/** What the object answers. It may have been woken by this very call, so each one says whose keeper it is. */
export interface PlatformKeeperObject extends Rpc.DurableObjectBranded {
  accept(componentAppId: string, event: PushFields): Promise<Reply<void>>;
  authorizerToken(componentAppId: string, appId: string): Promise<Reply<AccessToken>>;
  status(componentAppId: string): Promise<Reply<PlatformStatus>>;
}

export interface PlatformOffice {
  /** Resolves once what the event brings is durable. */
  accept(event: PushFields): Promise<void>;
  authorizerToken(appId: string): Promise<AccessToken>;
  status(): Promise<PlatformStatus>;
}

export function createPlatformClient(
  namespace: DurableObjectNamespace<PlatformKeeperObject>,
  componentAppId: string,
  world: Pick<World, "sleep">,
): PlatformOffice {
  const keeper = () => namespace.getByName(componentAppId);
  return {
    accept: (event) => callObject(() => keeper().accept(componentAppId, event), world),
    authorizerToken: (appId) => callObject(() => keeper().authorizerToken(componentAppId, appId), world),
    status: () => callObject(() => keeper().status(componentAppId), world),
  };
}
