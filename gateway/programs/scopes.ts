/** What a token made for a program must allow for each command. A sign-in's token allows everything. */
import type { Scope } from "#domain/program-token.ts";
import { mayDo } from "../session.ts";
import type { Caller } from "../tokens.ts";
import { CommandError, replyErrors } from "./codes.ts";
import type { Command } from "./commands.ts";

const needed: Readonly<Partial<Record<keyof Command, Scope>>> = {
  subscribe: "messages:read",
  history: "messages:read",
  publish: "messages:write",
  presence: "rooms:read",
  presence_stats: "rooms:read",
  rpc: "messages:write",
};

/** @throws CommandError permission denied */
export function checkScope(caller: Caller, command: Command): void {
  for (const [name, scope] of Object.entries(needed)) {
    if (command[name as keyof Command] !== undefined && !mayDo(caller, scope)) {
      throw new CommandError(replyErrors.permissionDenied);
    }
  }
}
