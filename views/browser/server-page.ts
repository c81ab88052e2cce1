/** Fetches pages and fragments of our own origin and hands them over as parsed documents. */

const PAGE_TIMEOUT_MS = 15_000;

export interface ServerPage {
  readonly document: Document;
  /** Where a redirect led, e.g. to the sign-in page. */
  readonly redirectedTo: string | undefined;
}

export async function fetchPage(url: string, options: { fragment?: boolean; signal?: AbortSignal } = {}) {
  const timeout = AbortSignal.timeout(PAGE_TIMEOUT_MS);
  const response = await fetch(url, {
    headers: options.fragment ? { "HX-Request": "true", "HX-Request-Type": "partial" } : {},
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const document = await readPage(response);
  return { document, redirectedTo: response.redirected ? response.url : undefined } satisfies ServerPage;
}

export const readPage = async (answer: Response) => new DOMParser().parseFromString(await answer.text(), "text/html");
