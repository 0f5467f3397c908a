/** The other end of keeper.ts: an account's keeper as an object whose failures are ServiceErrors again. */
import type { AccountRef, TokenKeeper as KeeperObject } from "./keeper.ts";
import { callObject } from "./object-call.ts";
import type { TokenKeeper } from "./source.ts";

export function createKeeperClient(
  namespace: DurableObjectNamespace<KeeperObject>,
  account: AccountRef,
): TokenKeeper {
  const { appId, componentAppId } = account;
  const ref: AccountRef = { appId, componentAppId };
  const keeper = () => namespace.getByName(appId);
  return {
    current: () => callObject(() => keeper().current(ref)),
    replace: (rejected) => callObject(() => keeper().replace(ref, rejected)),
    push: (token) => callObject(() => keeper().push(ref, token)),
    forget: () => callObject(() => keeper().forget(ref)),
    status: () => callObject(() => keeper().status(ref)),
  };
}
