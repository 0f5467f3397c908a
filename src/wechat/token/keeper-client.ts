/** The other end of keeper.ts: an account's keeper as an object whose failures are ServiceErrors again. */
import { unwrap } from "./failure-record.ts";
import type { AccountRef, TokenKeeper as KeeperObject } from "./keeper.ts";
import type { TokenKeeper } from "./source.ts";

export function createKeeperClient(
  namespace: DurableObjectNamespace<KeeperObject>,
  account: AccountRef,
): TokenKeeper {
  const { appId, componentAppId } = account;
  const ref: AccountRef = { appId, componentAppId };
  const keeper = () => namespace.getByName(appId);
  return {
    current: async () => unwrap(await keeper().current(ref)),
    replace: async (rejected) => unwrap(await keeper().replace(ref, rejected)),
    push: async (token) => unwrap(await keeper().push(ref, token)),
    forget: async () => unwrap(await keeper().forget(ref)),
    status: async () => unwrap(await keeper().status(ref)),
  };
}
