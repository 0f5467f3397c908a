/** The other end of keeper.ts: a platform's keeper as an object whose failures are ServiceErrors again. */
import type { PushFields } from "../push-fields.ts";
import { callObject } from "../token/object-call.ts";
import type { AccessToken } from "../token/source.ts";
import type { PlatformStatus } from "./clerk.ts";
import type { PlatformKeeper } from "./keeper.ts";

export interface PlatformOffice {
  /** Resolves once what the event brings is durable. */
  accept(event: PushFields): Promise<void>;
  authorizerToken(appId: string): Promise<AccessToken>;
  status(): Promise<PlatformStatus>;
}

export function createPlatformClient(
  namespace: DurableObjectNamespace<PlatformKeeper>,
  componentAppId: string,
): PlatformOffice {
  const keeper = () => namespace.getByName(componentAppId);
  return {
    accept: (event) => callObject(() => keeper().accept(componentAppId, event)),
    authorizerToken: (appId) => callObject(() => keeper().authorizerToken(componentAppId, appId)),
    status: () => callObject(() => keeper().status(componentAppId)),
  };
}
