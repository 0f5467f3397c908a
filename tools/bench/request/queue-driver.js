// Delivers a message to a Worker's queue handler, as a queue would: POST /{binding}/{queue} with the message's body.
export default {
  async fetch(request, env) {
    const [, binding, queue] = new URL(request.url).pathname.split("/");
    const message = {
      id: crypto.randomUUID(),
      timestamp: new Date(),
      attempts: 1,
      body: await request.json(),
    };
    return Response.json(await env[binding].queue(queue, [message]));
  },
};
