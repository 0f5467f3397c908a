/** A third-party platform of the WeChat open platform, as the settings describe it. */
import * as z from "zod/mini";
import {
  appIdSchema,
  encryptedPushSchema,
  originSchema,
  type PushSettings,
  secretSchema,
  textSchema,
} from "../../schema.ts";

/** Other accounts authorise it to act for them. */
export interface Platform {
  readonly appId: string;
  readonly secret: string;
  readonly push: PushSettings & { readonly encodingAesKey: string };
  /** Tried in order for the authorised accounts' media. At least one. */
  readonly apiOrigins: readonly string[];
  readonly tokenOrigin: string;
  readonly relaySecret?: string | undefined;
}

export const platformSchema = z.strictObject({
  appId: appIdSchema,
  secret: secretSchema,
  // The platform's events are always encrypted.
  push: encryptedPushSchema,
  apiOrigins: z.optional(z.array(originSchema).check(z.minLength(1, "must name at least one origin"))),
  tokenOrigin: z.optional(originSchema),
  relaySecret: z.optional(textSchema),
});
