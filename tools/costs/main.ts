/** `npm run docs:costs`: writes docs/costs.md. With --check it only tells whether it is fresh. */
import { writeOrCheck } from "../generated.ts";
import { renderCosts } from "./render.ts";

writeOrCheck({ "docs/costs.md": renderCosts() }, "npm run docs:costs");
