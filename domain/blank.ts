/** What a reader sees nothing of: spaces, controls, and characters without a shape, alone or together. */

/** Default_Ignorable has the fillers of Hangul and the variation selectors; the others are letters and symbols drawn blank. */
const shapeless = /^[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{16FE4}\u{1D159}]*$/u;

export function isBlank(text: string): boolean {
  return shapeless.test(text);
}
