/** What an operation of the API is: everything about one method of one path, as data. */
import type * as z from "zod/mini";
import type { Scope } from "../auth/caller.ts";
import type { ErrorCode } from "../errors.ts";

export type Method = "GET" | "PUT" | "POST" | "DELETE";

/** Who may call besides the holder of an API key. */
export type Guest = "signed-link" | "webhook" | "page";

export interface Operation {
  readonly method: Method;
  /** Below /v1, with parameters in braces. GET answers HEAD too. */
  readonly path: `/${string}`;
  /** Where another operation has the same method and path: the endings of the path that make it this one. */
  readonly endings: readonly `.${string}`[];
  /** Whether the path exists below /apps/{appId} as well, and means the default account without it. */
  readonly isPerAccount: boolean;
  readonly scope: Scope;
  readonly guests: readonly Guest[];
  /** Rules of the parameters in the path; one that is not named here is checked where it is read. */
  readonly parameters: Readonly<Record<string, PathParameter>>;
  /** The query's shape; null: a query means nothing here. */
  readonly query: z.ZodMiniType | null;
  /** The JSON body's shape; null: none is read. */
  readonly body: z.ZodMiniType | null;
  readonly maxBodyBytes: number;
  /** Status of success, next to 206 and 304 where a representation is sent. */
  readonly status: 200 | 201 | 202 | 204;
}

export interface PathParameter {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  /** What a caller with another value is told. */
  readonly rule: string;
}

/** Most bodies of this API are a few fields. */
const MAX_BODY_BYTES = 4_096;

const DEFAULTS = {
  endings: [],
  isPerAccount: true,
  guests: [],
  parameters: {},
  query: null,
  body: null,
  maxBodyBytes: MAX_BODY_BYTES,
  status: 200,
} as const;

type Spoken = Pick<Operation, "method" | "path" | "scope"> & Partial<Operation>;

/** Fills in what most operations have in common, and keeps the exact types. */
export function defineOperation<const O extends Spoken>(operation: O): Omit<typeof DEFAULTS, keyof O> & O {
  return { ...DEFAULTS, ...operation };
}
