/** A language model for bots, as Ollama's API offers one: says the same to every question, slowly enough to be interrupted. */

const words = "That is a good question and this is a slow answer to it .".split(" ");
const betweenWordsMs = 60;

export interface Parrot extends AsyncDisposable {
  readonly url: string;
}

export function startParrot(): Parrot {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/version") return Response.json({ version: "0.24.0" });
      if (pathname === "/api/show")
        return Response.json({ details: { parameter_size: "1M" }, model_info: { "llama.context_length": 8192 } });
      if (pathname !== "/api/chat") return Response.json({ error: "not found" }, { status: 404 });
      const { messages } = (await request.json()) as { messages: readonly unknown[] };
      if (messages.length === 0) return Response.json({ ...piece(""), done: true, done_reason: "load" });
      return new Response(spoken(), { headers: { "Content-Type": "application/x-ndjson" } });
    },
  });
  return { url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

function spoken(): ReadableStream<Uint8Array> {
  let interrupted = false;
  return new ReadableStream({
    async start(controller) {
      const put = (line: object) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
      for (const word of words) {
        if (interrupted) return;
        put({ ...piece(`${word} `), done: false });
        await Bun.sleep(betweenWordsMs);
      }
      if (interrupted) return;
      put({ ...piece(""), done: true, prompt_eval_count: words.length });
      controller.close();
    },
    cancel() {
      interrupted = true;
    },
  });
}

function piece(content: string) {
  return { model: "parrot", created_at: new Date().toISOString(), message: { role: "assistant", content } };
}
