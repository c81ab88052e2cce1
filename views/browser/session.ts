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

/** `elsewhere`: on another device; `here`: in another tab. Each has its sentence on the sign-in page. */
export type SignOutReason = "elsewhere" | "here" | "ended";

/** @param dropped something that was written is gone with it */
export function goToSignIn(why: SignOutReason, dropped: boolean): void {
  if (leaving) return;
  leaving = true;
  const next = location.pathname + location.search;
  location.assign(`/sign-in?${new URLSearchParams({ next, why, ...(dropped && { dropped: "1" }) })}`);
}
