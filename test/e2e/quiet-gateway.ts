/** The gateway as tests start it: what wrangler and the Worker find wrong is shown only where a test has failed. */
import { afterAll, afterEach, beforeEach } from "vitest";
import { type LocalGateway, type LocalGatewayOptions, startLocalGateway } from "../../tools/local/gateway.ts";

let said = "";
let hasFailed = false;

beforeEach(({ task }) => {
  said += `-- ${task.name}\n`;
});
afterEach(({ task }) => {
  hasFailed ||= task.result?.state === "fail";
});
// Only here, because what the Worker says may arrive late.
afterAll(() => {
  if (hasFailed) console.error(`The gateway said:\n${said}`);
});

export async function startQuietGateway(options: Omit<LocalGatewayOptions, "output">): Promise<LocalGateway> {
  try {
    return await startLocalGateway({
      ...options,
      output: (text) => {
        said += text;
      },
    });
  } catch (error) {
    throw new Error(`The gateway did not start. It said:\n${said}`, { cause: error });
  }
}
