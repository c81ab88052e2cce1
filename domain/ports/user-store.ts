/** People and their credentials. */
import type { RoomId, UserId } from "../ids.ts";
import type { User } from "../user.ts";
import type { Page, PageQuery } from "./room-store.ts";

export interface Credentials {
  readonly user: User;
  /** Undefined for accounts nobody can sign in to. */
  readonly passwordHash: string | undefined;
}

export interface Suggestion {
  readonly user: User;
  /** Of the room. */
  readonly member: boolean;
}

export interface UserStore {
  /**
   * @throws ChatError conflict when the name, or one that looks like it, is taken; for a bot, when its owner has maxBotsPerPerson, however many
   * come at once.
   */
  create(user: User, passwordHash: string | undefined): Promise<void>;
  byId(id: UserId): Promise<User | undefined>;
  byIds(ids: readonly UserId[]): Promise<readonly User[]>;
  /** By nameKey. Coalesced. */
  byKey(key: string): Promise<User | undefined>;
  /** The same for many, by key, in one query. */
  byKeys(keys: readonly string[]): Promise<ReadonlyMap<string, User>>;
  credentials(key: string): Promise<Credentials | undefined>;
  /** Replaces the hash of a password, unless it is another one by now. */
  rehash(id: UserId, from: string, to: string): Promise<void>;
  /** The bots of a person, by name. */
  botsOf(owner: UserId): Promise<readonly User[]>;
  /** The person whose account is the oldest; undefined before there is any. Bots do not count. */
  firstPerson(): Promise<User | undefined>;
  /** By name. */
  list(page: PageQuery): Promise<Page<User>>;
  /** For completion: people whose name, folded (domain/fold.ts), starts so; members of the room first. */
  suggest(prefix: string, room: RoomId, limit: number): Promise<readonly Suggestion[]>;
}
