/** Ollama's HTTP API, as much of it as chatting takes. Answers any program of this machine. */
import type { z } from "zod";
import { type Chat, failure } from "./chat.ts";
import type { Resident } from "./resident.ts";
import { chatShape, generateShape, namedShape } from "./shapes.ts";
import type { Stock, Supply } from "./supply.ts";

export interface ApiParts {
  readonly supply: Supply;
  readonly resident: Resident;
  readonly chat: Chat;
  /** What was asked for at the start: a name, "auto", or the path of a file. It names the one model there is. */
  readonly wish: string;
}

/** Ends so, which tells clients that "auto" means something here. */
export const embeddedVersion = "0.24.0-embedded";
const pullTellMs = 500;
/** The names of this machine; another one in the header means that a page was led here under a name of its own. */
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

export function createApi({ supply, resident, chat, wish }: ApiParts): (request: Request) => Promise<Response> {
  /** Ollama takes names with and without the tag "latest". */
  const means = (name: string, stock: Stock | undefined) =>
    [wish, "auto", stock?.name].some((known) => name === known || name === `${known}:latest`);
  const missing = (name: string) => failure(404, `model '${name}' not found`);

  const listed = (stock: Stock) => ({
    name: stock.name,
    model: stock.name,
    modified_at: new Date().toISOString(),
    size: stock.bytes,
    digest: stock.sha256,
    details: details(stock),
  });

  async function show(request: Request): Promise<Response> {
    const name = await nameIn(request);
    const stock = await supply.stock();
    if (stock === undefined || !means(name, stock)) return missing(name);
    return Response.json({ details: details(stock), model_info: {}, capabilities: ["completion"] });
  }

  async function pull(request: Request): Promise<Response> {
    const name = await nameIn(request);
    if (!means(name, await supply.stock()))
      return failure(404, `pull model manifest: ${name} is not the model of this server`);
    return told(supply);
  }

  async function talk<Body extends { readonly model: string }>(
    request: Request,
    shape: z.ZodType<Body>,
    answer: (body: Body) => Promise<Response>,
  ): Promise<Response> {
    const parsed = shape.safeParse(await bodyOf(request));
    if (!parsed.success) return failure(400, parsed.error.issues[0]?.message ?? "invalid request");
    const stock = await supply.stock();
    if (stock === undefined || !means(parsed.data.model, stock)) return missing(parsed.data.model);
    return await answer(parsed.data);
  }

  const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    "GET /": () => new Response("Ollama is running"),
    "GET /api/version": () => Response.json({ version: embeddedVersion }),
    "GET /api/tags": async () => {
      const stock = await supply.stock();
      return Response.json({ models: stock ? [listed(stock)] : [] });
    },
    "GET /api/ps": async () => {
      const stock = resident.isLoaded() ? await supply.stock() : undefined;
      return Response.json({ models: stock ? [listed(stock)] : [] });
    },
    "POST /api/show": show,
    "POST /api/pull": pull,
    "POST /api/chat": (request) =>
      talk(request, chatShape, (body) =>
        chat.answer(body, (content) => ({ message: { role: "assistant", content } }), request.signal),
      ),
    "POST /api/generate": (request) =>
      talk(request, generateShape, ({ prompt, system, ...body }) => {
        const messages = [
          ...(system ? [{ role: "system" as const, content: system }] : []),
          ...(prompt ? [{ role: "user" as const, content: prompt }] : []),
        ];
        return chat.answer({ ...body, messages }, (response) => ({ response }), request.signal);
      }),
  };

  return async (request) => {
    // A browser's page has no business here; programs of this machine send no origin.
    if (request.headers.has("origin") || !ownHost.test(request.headers.get("host") ?? ""))
      return new Response(null, { status: 403 });
    const method = request.method === "HEAD" ? "GET" : request.method;
    const route = routes[`${method} ${new URL(request.url).pathname}`];
    if (route === undefined) return new Response("404 page not found", { status: 404 });
    return await route(request);
  };
}

/** The same lines for everybody who asks, now and again until it is over; who leaves stops nothing. */
function told(supply: Supply): Response {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const put = (line: object) => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      const tell = () => {
        const lines = supply.progress();
        for (const line of lines.length > 0 ? lines : [{ status: "pulling manifest" }]) put(line);
      };
      timer = setInterval(tell, pullTellMs);
      const end = (line: object) => {
        if (timer === undefined) return;
        clearInterval(timer);
        tell();
        put(line);
        controller.close();
      };
      supply.fetch().then(
        () => end({ status: "success" }),
        (error) => end({ error: error instanceof Error ? error.message : String(error) }),
      );
      tell();
    },
    cancel() {
      clearInterval(timer);
      timer = undefined;
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/x-ndjson" } });
}

/** `parent_model` is what "auto" came to. */
function details({ name, parameters }: Stock): object {
  return {
    parent_model: name,
    format: "gguf",
    family: "",
    families: [],
    parameter_size: parameters,
    quantization_level: "",
  };
}

async function nameIn(request: Request): Promise<string> {
  const parsed = namedShape.safeParse(await bodyOf(request));
  return (parsed.success ? (parsed.data.model ?? parsed.data.name) : undefined) ?? "";
}

async function bodyOf(request: Request): Promise<unknown> {
  return await request.json().catch(() => undefined);
}
