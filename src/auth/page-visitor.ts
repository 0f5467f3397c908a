/** Whoever visits a page of one's own sites (JSAPI_PAGE_ORIGINS): may have that site's pages signed, and nothing else. */
import type { Caller } from "./caller.ts";

/** A name that no API key can have: their ids hold no parentheses. */
export const PAGE_VISITOR: Caller = { id: "(page)", scopes: ["jsapi:sign"] };
