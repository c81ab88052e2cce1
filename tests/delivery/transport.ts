/** The ways people write and read. Each is one file that fills in these; the run takes whichever it is given. */
import type { ApiPerson } from "../support/api-person.ts";
import type { Shown } from "./history.ts";

export interface Draft {
  readonly id: string;
  readonly room: string;
  readonly text: string;
  /** It may have been sent before. */
  readonly resend: boolean;
}

/** What a sender is told for certain. Whatever else happens is thrown: then nobody knows, and the same id is sent again. */
export type Answer = { readonly type: "acked" } | { readonly type: "refused"; readonly code: string };

export interface Sender {
  send(draft: Draft): Promise<Answer>;
  close(): void;
}

/** One connection of a reader. */
export interface Following {
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  close(): void;
}

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface FollowOptions {
  readonly base: string;
  readonly who: ApiPerson;
  readonly room: string;
  readonly from: Position;
  /** Hears of everything that is shown, in order. */
  readonly shown: (what: Exclude<Shown, { type: "read" }>) => void;
}

export interface Transport {
  readonly name: string;
  openSender(base: string, who: ApiPerson): Sender;
  /** Missing: it is for writing only. @throws Error when there is no connection; a code of 4403 in it says that this is for good */
  follow?(options: FollowOptions): Promise<Following>;
}

/** An answer that takes longer is not waited for: the sender tries again, elsewhere perhaps. */
export const answerWithinMs = 6_000;
