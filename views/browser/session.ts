/** Whether this page's sign-in still holds, asked where a refused socket cannot say why; asking also renews it. */

/** @param ended called when it does not */
export async function checkSession(ended: () => void): Promise<void> {
  const { type, status } = await fetch("/fragments/rooms", {
    headers: { "HX-Request": "true" },
    redirect: "manual",
  }).catch(() => Response.error());
  if (type === "opaqueredirect" || status === 401) ended();
}

/** The page is on its way out: to where the first that knew of the end sent it. */
let leaving = false;
addEventListener("pageshow", () => {
  leaving = false;
});

export function leaveBy(form: HTMLFormElement): void {
  leaving = true;
  form.submit();
}

export function goToSignIn(): void {
  if (leaving) return;
  leaving = true;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
