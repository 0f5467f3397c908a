/** RFC 9211: how the store dealt with the request. `collapsed`: another request had asked already. */
export type CacheStatus = "hit" | `fwd=uri-miss${"" | "; stored"}${"" | "; collapsed"}`;

export function missStatus({
  isStored,
  isCollapsed,
}: {
  isStored: boolean;
  isCollapsed: boolean;
}): CacheStatus {
  return `fwd=uri-miss${isStored ? "; stored" : ""}${isCollapsed ? "; collapsed" : ""}`;
}
