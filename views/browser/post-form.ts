/** Posts what a plain form would, without leaving the page. */

const TIMEOUT_MS = 15_000;

/** @returns nothing when it is done, or the server's sentence that says why not */
export async function postForm(action: string, fields: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const response = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok || response.type === "opaqueredirect") return undefined;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector(".problem, .trouble .lead")?.textContent?.trim() || "That did not work. Try again.";
  } catch {
    return "That did not reach the server. Try again when the connection is back.";
  }
}
