/** A Worker that rehearses while it starts, as src/index.ts does, and tells what came of it. */
import { rehearse } from "../../src/rehearsal.ts";

const rehearsed = await rehearse();

export default { fetch: () => Response.json(rehearsed) };
