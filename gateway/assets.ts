/** The few files a page needs: bundled and compressed once at boot, then served from memory under names that change with their content. */
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { AssetUrls } from "#views/chrome.ts";

export interface Assets {
  readonly urls: AssetUrls;
  /** What app fetches once somebody does something with a message. */
  readonly actions: string;
  /** Answers a path under /static; undefined when there is no such file. */
  serve(path: string, headers?: AssetRequest): Response | undefined;
}

export interface AssetRequest {
  readonly acceptEncoding?: string | null | undefined;
  readonly ifNoneMatch?: string | null | undefined;
}

interface Asset {
  readonly name: string;
  readonly extension: string;
  readonly hash: string;
  readonly type: string;
  readonly bodies: Readonly<Record<Encoding, Uint8Array<ArrayBuffer>>>;
}

type Encoding = "br" | "gzip" | "identity";

/** Higher takes five times as long for two percent. */
const brotliQuality = 9;
/** The best there is: 3 % smaller than zlib's best, in 20 ms for all of them. */
const deflateLevel = 12;

export async function buildAssets(): Promise<Assets> {
  const [css, pages, actions, htmx, icon] = await Promise.all([
    bundle("app", "css", "views/static/app.css"),
    bundle("pages", "css", "views/static/other-pages.css"),
    buildActions(),
    // One file: together they are smaller than apart, and change only with the library.
    read("htmx", "js", "node_modules/htmx.org/dist/htmx.min.js", "node_modules/htmx.org/dist/ext/hx-ws.min.js"),
    read("icon", "svg", "views/static/icon.svg"),
  ]);
  const app = await bundle("app", "js", "views/browser/app.ts", { ACTIONS_URL: JSON.stringify(urlOf(actions)) });
  const byName = new Map(
    [css, pages, app, actions, htmx, icon].map((asset) => [`${asset.name}.${asset.extension}`, asset]),
  );
  return {
    urls: { css: urlOf(css), pages: urlOf(pages), htmx: urlOf(htmx), app: urlOf(app), icon: urlOf(icon) },
    actions: urlOf(actions),
    serve(path, headers = {}) {
      const [, name, hash, extension] = /^\/static\/([\w-]+)\.([0-9a-f]+)\.(\w+)$/.exec(path) ?? [];
      const asset = byName.get(`${name}.${extension}`);
      // It fits no other app than that which names it.
      if (asset === actions && hash !== asset.hash) return undefined;
      return asset && respond(asset, hash === asset.hash, headers);
    },
  };
}

async function buildActions(): Promise<Asset> {
  const look = await build("views/static/actions.css");
  return await bundle("actions", "js", "views/browser/actions.ts", { ACTIONS_LOOK: JSON.stringify(look) });
}

async function bundle(name: string, extension: string, path: string, define?: Defined): Promise<Asset> {
  return await assetOf(name, extension, new TextEncoder().encode(await build(path, define)));
}

/** Names in the code that stand for these expressions. */
type Defined = Readonly<Record<string, string>>;

async function build(path: string, define: Defined = {}): Promise<string> {
  await mustExist(path);
  const { outputs } = await Bun.build({
    entrypoints: [rooted(path)],
    target: "browser",
    minify: true,
    sourcemap: "none",
    define,
  });
  const output = outputs[0];
  if (output === undefined) throw new Error(`${path} bundles to nothing.`);
  const code = withCharacters(await output.text());
  return path.endsWith(".css") ? withoutPrefixes(code) : code;
}

/** The bundler writes an emoji as an escape for each of its halves, which is three times as long. */
function withCharacters(code: string): string {
  return code.replace(/(?<!\\)\\u(d[89ab]..)\\u(d[c-f]..)/gi, (_, high: string, low: string) =>
    String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)),
  );
}

/**
 * The bundler writes each rule with :is() twice more, for browsers that have it by another name. Those have no :has() and no layers either,
 * without which nothing here has a place.
 */
function withoutPrefixes(code: string): string {
  return code.replace(/[^{};]*:-(?:webkit|moz)-any\([^{}]*\{[^{}]*\}/g, "");
}

async function read(name: string, extension: string, ...paths: readonly string[]): Promise<Asset> {
  await Promise.all(paths.map(mustExist));
  const texts = await Promise.all(paths.map((path) => Bun.file(rooted(path)).text()));
  return assetOf(name, extension, new TextEncoder().encode(texts.join("\n")));
}

async function mustExist(path: string): Promise<void> {
  if (!(await Bun.file(rooted(path)).exists()))
    throw new Error(`The file ${path} is missing; no page works without it.`);
}

function rooted(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

async function assetOf(name: string, extension: string, identity: Uint8Array<ArrayBuffer>): Promise<Asset> {
  const br = await promisify(brotliCompress)(identity, {
    params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
  });
  const gz = Bun.gzipSync(identity, { library: "libdeflate", level: deflateLevel });
  const hash = new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 12);
  const type = types[extension] ?? "application/octet-stream";
  return { name, extension, hash, type, bodies: { br: new Uint8Array(br), gzip: gz, identity } };
}

function urlOf({ name, hash, extension }: Asset): string {
  return `/static/${name}.${hash}.${extension}`;
}

/**
 * A page of another version of ours (during an update) names another hash: it gets our file rather than none,
 * but nobody keeps it under that name.
 */
function respond(asset: Asset, current: boolean, { acceptEncoding, ifNoneMatch }: AssetRequest): Response {
  const encoding = chooseEncoding(acceptEncoding ?? "");
  const etag = `"${asset.hash}-${encoding}"`;
  const headers = new Headers({
    "Content-Type": asset.type,
    "Cache-Control": current ? "public, max-age=31536000, immutable" : "no-store",
    ETag: etag,
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
  });
  if (current && ifNoneMatch?.split(/\s*,\s*/).includes(etag)) return new Response(null, { status: 304, headers });
  if (encoding !== "identity") headers.set("Content-Encoding", encoding);
  return new Response(asset.bodies[encoding], { headers });
}

function chooseEncoding(accepted: string): Encoding {
  const names = accepted
    .toLowerCase()
    .split(",")
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ""))
    .map(([name]) => name);
  return names.includes("br") ? "br" : names.includes("gzip") ? "gzip" : "identity";
}
