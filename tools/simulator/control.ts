/**
 * The simulator's remote control, for when it runs in another process: its commands over HTTP under /_simulator/.
 * Answers 204, JSON, or 400 with `{"error"}` that names the field at fault; `help` is text.
 */
import { z } from "zod";
import { COMMANDS } from "./commands.ts";
import { describeManners } from "./help.ts";
import type { Simulator } from "./simulator.ts";

export const CONTROL_PREFIX = "/_simulator/";

/** Carries out a request under /_simulator/. */
export async function control(simulator: Simulator, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const name = `${request.method} ${url.pathname.slice(CONTROL_PREFIX.length)}`;
  if (name === "GET help") return new Response(describeManners(originOf(request, url), abouts()));
  const command = COMMANDS[name];
  if (!command) {
    const error = `no such command: ${name}; there are GET help, ${Object.keys(COMMANDS).join(", ")}`;
    return Response.json({ error }, { status: 404 });
  }
  try {
    const result = await command.run(simulator, request, Object.fromEntries(url.searchParams));
    return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    return Response.json({ error: reason }, { status: 400 });
  }
}

/** Behind the Node server only the Host header knows the address that was asked. */
function originOf(request: Request, url: URL): string {
  const host = request.headers.get("host");
  return host ? `http://${host}` : url.origin;
}

function abouts(): Record<string, string> {
  return Object.fromEntries(Object.entries(COMMANDS).map(([name, { about }]) => [name, about]));
}
