/** `/v1/fetches`: jobs that fetch voices in the background. */
import { OPERATIONS } from "../api/operations.ts";
import { JOB_ID } from "../api/requests.ts";
import { ServiceError } from "../errors.ts";
import { takeIn } from "../jobs/intake.ts";
import type { JobRecord, JobStore } from "../jobs/job-store.ts";
import { viewOf } from "../jobs/job-view.ts";
import { requireCallable, requireStore } from "../jobs/readiness.ts";
import { publicOrigin } from "../middleware/public-origin.ts";
import { deliveryOf, mayShare, requireNamedAccount, requireTranscriber } from "./delivery.ts";
import { resource, serve } from "./serve.ts";

export const fetches = resource(
  serve(OPERATIONS.createFetch, async (c, { body: { mediaIds, formats, callbackUrl = null, ...body } }) => {
    const config = c.get("config");
    const caller = c.get("caller");
    const { appId } = c.get("account");
    requireNamedAccount(caller, appId, body.appId, config);
    requireTranscriber(caller, formats);
    requireStore(config.storeFormats);
    if (callbackUrl !== null) requireCallable(callbackUrl, config);
    const origin = publicOrigin(c);
    const [withLinks, delivery] = [mayShare(caller), deliveryOf(c)];
    const asked = {
      appId,
      mediaIds,
      formats,
      origin,
      callbackUrl,
      withLinks,
      via: "jssdk",
      delivery,
    } as const;
    const { jobId, mediaIds: items } = await takeIn(asked, c.get("jobs"));
    const location = `/v1/apps/${appId}/fetches/${jobId}`;
    return c.json({ jobId, items: items.length, url: `${origin}${location}` }, 202, { location });
  }),
  serve(OPERATIONS.listFetches, async (c, { query: { limit, after } }) => {
    const entries = await c.get("jobs").store.listJobs(c.get("account").appId, Number(limit), after ?? null);
    const next = entries.size < Number(limit) ? undefined : [...entries.keys()].at(-1);
    return c.json({ jobs: [...entries.values()].map(viewOfEntry), ...(next === undefined ? {} : { next }) });
  }),
  serve(OPERATIONS.getFetch, async (c, { parameters: { jobId } }) => {
    const { store } = c.get("jobs");
    const job = await find(store, jobId, c.get("account").appId);
    return c.json(viewOf(job, await store.readFiles(jobId)), 200, { "cache-control": "no-store" });
  }),
  serve(OPERATIONS.cancelFetch, async (c, { parameters: { jobId } }) => {
    const { store, nowMs } = c.get("jobs");
    const job = await find(store, jobId, c.get("account").appId);
    await store.cancel(jobId, nowMs());
    return c.json(viewOf(job, await store.readFiles(jobId)));
  }),
);

/** Another account's job is answered like one that doesn't exist. */
async function find(store: JobStore, jobId: string, appId: string): Promise<JobRecord> {
  const job = await store.readJob(jobId);
  if (job?.appId === appId) return job;
  throw new ServiceError("job-not-found", JOB_ID.rule);
}

function viewOfEntry(entry: unknown) {
  const { jobId, createdAtMs, itemCount } = entry as {
    jobId: string;
    createdAtMs: number;
    itemCount: number;
  };
  return { jobId, createdAt: new Date(createdAtMs).toISOString(), items: itemCount };
}
