/** The few files a page needs: bundled and compressed once at boot, then served from memory under names that change with their content. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { AssetUrls } from "#views/chrome.ts";

export interface Assets {
  readonly urls: AssetUrls;
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

export async function buildAssets(): Promise<Assets> {
  const [css, app, htmx, ws, icon] = await Promise.all([
    bundle("app", "css", "views/static/app.css"),
    bundle("app", "js", "views/browser/app.ts"),
    read("htmx", "js", "node_modules/htmx.org/dist/htmx.min.js"),
    read("hx-ws", "js", "node_modules/htmx.org/dist/ext/hx-ws.min.js"),
    read("icon", "svg", "views/static/icon.svg"),
  ]);
  const byName = new Map([css, app, htmx, ws, icon].map((asset) => [`${asset.name}.${asset.extension}`, asset]));
  return {
    urls: { css: urlOf(css), htmx: urlOf(htmx), ws: urlOf(ws), app: urlOf(app), icon: urlOf(icon) },
    serve(path, headers = {}) {
      const [, name, hash, extension] = /^\/static\/([\w-]+)\.([0-9a-f]+)\.(\w+)$/.exec(path) ?? [];
      const asset = byName.get(`${name}.${extension}`);
      return asset && respond(asset, hash === asset.hash, headers);
    },
  };
}

async function bundle(name: string, extension: string, path: string): Promise<Asset> {
  await mustExist(path);
  const { outputs } = await Bun.build({
    entrypoints: [rooted(path)],
    target: "browser",
    minify: true,
    sourcemap: "none",
  });
  const output = outputs[0];
  if (output === undefined) throw new Error(`${path} bundles to nothing.`);
  return assetOf(name, extension, new Uint8Array(await output.arrayBuffer()));
}

async function read(name: string, extension: string, path: string): Promise<Asset> {
  await mustExist(path);
  return assetOf(name, extension, await Bun.file(rooted(path)).bytes());
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
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
    promisify(gzip)(identity, { level: 9 }),
  ]);
  const hash = new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 12);
  const type = types[extension] ?? "application/octet-stream";
  return { name, extension, hash, type, bodies: { br: new Uint8Array(br), gzip: new Uint8Array(gz), identity } };
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
