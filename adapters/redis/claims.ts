/** Claimed names in Redis: one for all gateways. */
import type { Claims } from "#domain/ports/index.ts";
import { claimKey } from "./keys.ts";
import type { Servers } from "./servers.ts";

export function createRedisClaims(servers: Servers): Claims {
  return {
    async take(name, forMs) {
      const key = claimKey(name);
      return (await servers.send(key, ["SET", key, "1", "NX", "PX", `${forMs}`])) === "OK";
    },
    async giveBack(name) {
      const key = claimKey(name);
      await servers.send(key, ["DEL", key]);
    },
  };
}
