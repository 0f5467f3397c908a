/** The other end of keeper.ts: a platform's keeper as an object whose failures are ServiceErrors again. */
import type { PushFields } from "../push-fields.ts";
import { unwrap } from "../token/failure-record.ts";
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
    accept: async (event) => unwrap(await keeper().accept(componentAppId, event)),
    authorizerToken: async (appId) => unwrap(await keeper().authorizerToken(componentAppId, appId)),
    status: async () => unwrap(await keeper().status(componentAppId)),
  };
}
