/** The package has no types of its own. */
declare module "markdown-it-emoji/lib/data/full.mjs" {
  /** Emoji by their short names. */
  const names: Readonly<Record<string, string>>;
  export default names;
}
