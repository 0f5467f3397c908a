// The least that a Worker can do with a stored voice: what `npm run bench -- worker` compares with.
export default {
  async fetch(request, env) {
    const key = new URL(request.url).pathname.slice(1);
    const object = await env.VOICES.get(key);
    if (!object) return new Response("no such object\n", { status: 404 });
    const headers = new Headers({ etag: object.httpEtag });
    object.writeHttpMetadata(headers);
    return new Response(object.body, { headers });
  },
};
