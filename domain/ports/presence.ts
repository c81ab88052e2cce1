/** Who is here. */
import type { UserId } from "../ids.ts";

/** Who has at least one open connection, on any gateway. */
export interface Presence {
  /** @returns true when the person was away before. Called again as a heartbeat. */
  enter(user: UserId, connection: string): Promise<boolean>;
  /** @returns true when this was the person's last connection. */
  leave(user: UserId, connection: string): Promise<boolean>;
  /** How many connections the person has, on all gateways; 0 when that can't be known. */
  count(user: UserId): Promise<number>;
  online(users: readonly UserId[]): Promise<ReadonlySet<UserId>>;
}
