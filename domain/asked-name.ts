/** A name as somebody asks for it: also with the sign that the interface writes before it. No name begins with one. */
export function askedName(raw: string | undefined): string {
  return (raw ?? "").trim().replace(/^[@＠﹫#]\s*/, "");
}
