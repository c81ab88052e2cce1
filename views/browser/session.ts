/** Whether this page's sign-in still holds, asked where a refused socket cannot say why; asking also renews it. */

export async function checkSession(): Promise<void> {
  const { type, status } = await fetch("/fragments/rooms", {
    headers: { "HX-Request": "true" },
    redirect: "manual",
  }).catch(() => Response.error());
  if (type === "opaqueredirect" || status === 401) goToSignIn();
}

export function goToSignIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
