/**
 * Where the two methods stand in workerd's binary that it calls before it runs JavaScript, so that a limit on CPU time can
 * be enforced: for a request, and for a Worker's start. From what `nm` prints.
 */

/** Addresses in hexadecimal, as the binary has them. */
export interface MethodPlace {
  /** Of the virtual table that the method is called through. */
  readonly table: string;
  readonly method: string;
}

export interface EnforcerPlaces {
  readonly request: MethodPlace | null;
  readonly startup: MethodPlace | null;
}

export function findEnforcers(nmOutput: string): EnforcerPlaces {
  return {
    request: find(nmOutput, "NullLimitEnforcer", "enterJs"),
    startup: find(nmOutput, "NullIsolateLimitEnforcer", "enterStartupJs"),
  };
}

/**
 * Names are mangled as the Itanium C++ ABI has it: each part behind its length, `_ZTV` for a virtual table, `K` for a
 * method that is const. Null unless there is exactly one of each.
 */
function find(nmOutput: string, className: string, methodName: string): MethodPlace | null {
  const inClass = `N7workerd\\w*?${className.length}${className}`;
  const table = only(nmOutput, `_ZTV${inClass}E`);
  const method = only(nmOutput, `_Z${inClass.replace("N", "NK?")}${methodName.length}${methodName}E\\w*`);
  return table === null || method === null ? null : { table, method };
}

function only(nmOutput: string, symbol: string): string | null {
  const found = [...nmOutput.matchAll(new RegExp(`^([0-9a-f]+) [a-zA-Z] ${symbol}$`, "gm"))];
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}
