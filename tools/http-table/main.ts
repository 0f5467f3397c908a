/** `npm run docs:http`: writes docs/http.md and docs/faults.md. With --check it only tells whether they are fresh. */
import { writeOrCheck } from "../generated.ts";
import { renderFaults, renderTable } from "./render.ts";

writeOrCheck({ "docs/http.md": renderTable(), "docs/faults.md": renderFaults() }, "npm run docs:http");
