/** `/v1/fetches`: jobs that fetch voices in the background. */
import { Hono } from "hono";
import * as z from "zod/mini";
import { ServiceError } from "../errors.ts";
import { parseJsonBody, requireShape } from "../http/json-body.ts";
import { takeIn } from "../jobs/intake.ts";
import { jobRequestSchema, requireCallable, requireStore } from "../jobs/job-request.ts";
import type { JobRecord, JobStore } from "../jobs/job-store.ts";
import { viewOf } from "../jobs/job-view.ts";
import { JOB_ID_PATTERN } from "../jobs/keys.ts";
import { requireScope } from "../middleware/access.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { deliveryOf, readBody } from "./delivery.ts";
import { allowOnly } from "./method-not-allowed.ts";

const pageSchema = z.strictObject({
  limit: z._default(
    z.string().check(z.regex(/^(?:[1-9][0-9]?|100)$/, "must be a number from 1 to 100")),
    "20",
  ),
  after: z.optional(z.string().check(z.regex(/^[0-9]{13}\.j_[0-9a-f]{32}$/, "must be the 'next' of a page"))),
});

export const fetches = new Hono<AppEnv>()
  .post("/", requireScope("fetches:create"), async (c) => {
    const config = c.get("config");
    requireStore(config.storeFormats);
    const { mediaIds, formats, callbackUrl } = parseJsonBody(await readBody(c), jobRequestSchema);
    if (callbackUrl !== undefined) requireCallable(callbackUrl, config);
    const { origin } = new URL(c.req.url);
    const request = {
      via: "jssdk" as const,
      appId: c.get("account").appId,
      mediaIds,
      formats,
      origin,
      callbackUrl: callbackUrl ?? null,
    };
    const job = await takeIn({ ...request, delivery: deliveryOf(c) }, c.get("jobs"));
    const location = `/v1/apps/${job.appId}/fetches/${job.jobId}`;
    return c.json({ jobId: job.jobId, items: job.mediaIds.length, url: `${origin}${location}` }, 202, {
      location,
    });
  })
  .get("/", requireScope("fetches:read"), async (c) => {
    const { limit, after } = requireShape("The query", c.req.query(), pageSchema);
    const entries = await c.get("jobs").store.listJobs(c.get("account").appId, Number(limit), after ?? null);
    const next = entries.size < Number(limit) ? undefined : [...entries.keys()].at(-1);
    return c.json({ jobs: [...entries.values()].map(viewOfEntry), ...(next === undefined ? {} : { next }) });
  })
  .get("/:jobId", requireScope("fetches:read"), async (c) => {
    const job = await find(c.get("jobs").store, c.req.param("jobId"), c.get("account").appId);
    return c.json(viewOf(job, await c.get("jobs").store.readFiles(job.jobId)), 200, {
      "cache-control": "no-store",
    });
  })
  .delete("/:jobId", requireScope("fetches:create"), async (c) => {
    const { store, nowMs } = c.get("jobs");
    const job = await find(store, c.req.param("jobId"), c.get("account").appId);
    await store.cancel(job.jobId, nowMs());
    return c.json(viewOf(job, await store.readFiles(job.jobId)));
  })
  .all("/", allowOnly("GET", "HEAD", "POST"))
  .all("/:jobId", allowOnly("GET", "HEAD", "DELETE"));

/** Another account's job is as unknown as one that never was. */
async function find(store: JobStore, jobId: string, appId: string): Promise<JobRecord> {
  const job = JOB_ID_PATTERN.test(jobId) ? await store.readJob(jobId) : null;
  if (job?.appId === appId) return job;
  throw new ServiceError("job-not-found", "This account has no job of this id.");
}

function viewOfEntry(entry: unknown) {
  const { jobId, createdAtMs, itemCount } = entry as {
    jobId: string;
    createdAtMs: number;
    itemCount: number;
  };
  return { jobId, createdAt: new Date(createdAtMs).toISOString(), items: itemCount };
}
