import { expect, it } from "vitest";
import { findEnforcers } from "../../../tools/bench/request/symbols.ts";

/** As nm prints them, with neighbours that look alike. */
const NM = `
00000000025f2870 t _ZN7workerd6server12_GLOBAL__N_117NullLimitEnforcer7enterJsERNS_3jsg4LockERNS_9IoContextE
00000000025f28a0 t _ZN7workerd6server12_GLOBAL__N_117NullLimitEnforcer11topUpActorEv
00000000025f5860 t _ZNK7workerd6server12_GLOBAL__N_124NullIsolateLimitEnforcer14enterStartupJsERNS_3jsg4LockERN2kj5OneOfIJNS6_9ExceptionEEEE
00000000025f5890 t _ZNK7workerd6server12_GLOBAL__N_124NullIsolateLimitEnforcer14enterLoggingJsERNS_3jsg4LockERN2kj5OneOfIJNS6_9ExceptionEEEE
0000000006155280 d _ZTVN7workerd6server12_GLOBAL__N_117NullLimitEnforcerE
0000000006155260 d _ZTIN7workerd6server12_GLOBAL__N_117NullLimitEnforcerE
0000000006155598 d _ZTVN7workerd6server12_GLOBAL__N_124NullIsolateLimitEnforcerE
`;

it("finds both enforcers' tables and methods", () => {
  expect(findEnforcers(NM)).toEqual({
    request: { table: "0000000006155280", method: "00000000025f2870" },
    startup: { table: "0000000006155598", method: "00000000025f5860" },
  });
});

it("finds none in a binary without symbols", () => {
  expect(findEnforcers("")).toEqual({ request: null, startup: null });
});

it("doesn't guess where a method is there twice, or its table is missing", () => {
  const twice = NM.replaceAll(/^.*7enterJs.*$/gm, "$&\n$&");
  const tableless = NM.replaceAll(/^.*_ZTVN.*24NullIsolate.*$/gm, "");

  expect(findEnforcers(twice).request).toBeNull();
  expect(findEnforcers(tableless).startup).toBeNull();
});
