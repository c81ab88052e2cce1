/** Somebody at the pages without scripts: keeps cookies, follows redirects, sends the forms that a page holds. */
import { freshName } from "./api-person.ts";

export interface SeenPage {
  readonly status: number;
  /** Where the redirects ended. */
  readonly path: string;
  readonly headers: Headers;
  readonly html: string;
}

export interface PagePerson {
  readonly name: string;
  readonly cookies: Map<string, string>;
  visit(path: string, init?: RequestInit): Promise<SeenPage>;
  /** Sends the page's form with this action, its hidden fields and these. Fails when the page has no such form. */
  submit(
    page: SeenPage,
    action: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<SeenPage>;
  cookieHeader(): string;
  /** As a browser does whose cookie of this kind has expired. */
  drop(kind: "access" | "refresh" | "known"): void;
}

/** Its name and value; the names carry an id of the community. */
export function cookieNamed(
  { cookies }: PagePerson,
  kind: "access" | "refresh" | "known",
): [string, string] | undefined {
  return [...cookies].find(([name]) => name.endsWith(`_${kind}`));
}

const maxRedirects = 5;
export const pagePassword = "correct horse battery";

export function createPagePerson(base: string, name = freshName()): PagePerson {
  const cookies = new Map<string, string>();
  const cookieHeader = () => [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");

  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", cookieHeader());
    const response = await fetch(`${base}${path}`, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const [key = "", value = ""] = pair.split(/=(.*)/s, 2);
      if (attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute))) cookies.delete(key);
      else cookies.set(key, value);
    }
    return response;
  };

  const visit = async (path: string, init: RequestInit = {}): Promise<SeenPage> => {
    let response = await request(path, init);
    let at = path;
    for (let n = 0; n < maxRedirects && response.status >= 300 && response.status < 400; n++) {
      const target = new URL(response.headers.get("location") ?? "/", `${base}${at}`).href;
      if (!target.startsWith(`${base}/`)) throw new Error(`was sent away to ${target}`);
      at = target.slice(base.length);
      response = await request(at.split("#")[0] ?? "/");
    }
    return { status: response.status, path: at, headers: response.headers, html: await response.text() };
  };

  return {
    name,
    cookies,
    cookieHeader,
    drop(kind) {
      for (const name of cookies.keys()) if (name.endsWith(`_${kind}`)) cookies.delete(name);
    },
    visit,
    async submit(page, action, fields = {}, headers = {}) {
      const form = formOf(page.html, action);
      const body = new URLSearchParams({ ...form, ...fields }).toString();
      const type = { "content-type": "application/x-www-form-urlencoded" };
      return await visit(action, { method: "POST", body, headers: { ...type, origin: base, ...headers } });
    },
  };
}

export async function signUpAtPage(base: string, name?: string): Promise<PagePerson> {
  const person = createPagePerson(base, name);
  const page = await person.submit(await person.visit("/sign-up"), "/sign-up", {
    name: person.name,
    password: pagePassword,
  });
  if (page.path !== "/rooms/lobby") throw new Error(`sign-up led to ${page.path}: ${page.html.slice(0, 500)}`);
  return person;
}

/** The named inputs of the POST form with this action, with their values. */
function formOf(html: string, action: string): Record<string, string> {
  const forms = html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g);
  for (const [, attributes = "", inside = ""] of forms) {
    if (!attributes.includes(`action="${action}"`) || !/method="post"/i.test(attributes)) continue;
    const fields: Record<string, string> = {};
    for (const [tag] of inside.matchAll(/<input\b[^>]*>/g)) {
      const name = /\bname="([^"]*)"/.exec(tag)?.[1];
      if (name !== undefined && /type="hidden"/.test(tag)) fields[name] = /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? "";
    }
    return fields;
  }
  throw new Error(`the page has no form for ${action}`);
}
