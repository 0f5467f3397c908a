export default {
  fetch(): Response {
    return new Response("hdvoice");
  },
} satisfies ExportedHandler;
