/** By which scheme and host people reach us: as PUBLIC_URL says, else as our own proxy says, else as the request itself came. */
import type { Config } from "./config.ts";

type ReachConfig = Pick<Config, "publicUrl" | "trustProxy">;

/** Whether whoever asks does so over https, at least as far as the first proxy of ours. */
export function isReachedSecurely(config: ReachConfig, headers: Headers, url: string): boolean {
  if (config.publicUrl?.startsWith("https:")) return true;
  return forwardedScheme(config, headers) === "https" || url.startsWith("https:");
}

/** What an address of ours that is handed out begins with, such as https://chat.example.org. */
export function publicOrigin(config: ReachConfig, headers: Headers, url: string): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  const { host } = new URL(url);
  return new URL(`${isReachedSecurely(config, headers, url) ? "https" : "http"}://${host}`).origin;
}

/** With several proxies in a row each adds what it saw: the first saw the person's own connection. */
function forwardedScheme({ trustProxy }: ReachConfig, headers: Headers): string | undefined {
  const told = trustProxy ? headers.get("x-forwarded-proto") : null;
  return told?.split(",")[0]?.trim().toLowerCase();
}
