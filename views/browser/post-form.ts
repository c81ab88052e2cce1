/** Posts what a plain form would, without leaving the page. */
import { readPage } from "./server-page.ts";

const TIMEOUT_MS = 15_000;

/** Why it was not done. */
export interface FormTrouble {
  readonly sentence: string;
  /** The page that the server answers with. */
  readonly page?: Document;
}

/** @returns nothing when it is done, or the server's sentence that says why not */
export async function postForm(action: string, fields: Readonly<Record<string, string>>): Promise<string | undefined> {
  return (await submitForm(action, fields))?.sentence;
}

export async function submitForm(
  action: string,
  fields: Readonly<Record<string, string>>,
): Promise<FormTrouble | undefined> {
  try {
    const response = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok || response.type === "opaqueredirect") return undefined;
    const page = await readPage(response);
    const sentence = page.querySelector(".problem, .trouble .lead")?.textContent?.trim();
    return { sentence: sentence || "That did not work. Try again.", page };
  } catch {
    return { sentence: "That did not reach the server. Try again when the connection is back." };
  }
}
