/** The package has no types of its own. */
declare module "markdown-it-emoji" {
  import type { MarkdownIt } from "markdown-it";

  export interface EmojiOptions {
    /** Emoticons like ":)" by the name of their emoji. */
    readonly shortcuts?: Readonly<Record<string, readonly string[]>>;
  }

  export function full(md: MarkdownIt, options?: EmojiOptions): void;
}
