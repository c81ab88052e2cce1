/** Lets somebody be seen as present and typing: a socket of theirs, opened again whenever it ends. */
import { connectProgram, type Program } from "#tests/support/program.ts";
import type { Account } from "./account.ts";

export interface Online {
  /** Shown in the room for a moment. */
  type(room: string): void;
}

const comeBackMs = 2_000;
/** A day: a socket ends long before, when its token does. */
const watchedMs = 24 * 3_600_000;

/** @returns when the first socket is open */
export async function keepOnline(url: string, account: Account): Promise<Online> {
  let socket: Program | undefined = await connectProgram(url, { token: account.token() });
  const stay = async () => {
    for (;;) {
      await socket?.ended(watchedMs).catch(() => {});
      socket = undefined;
      await Bun.sleep(comeBackMs);
      await account.renew().catch(() => {});
      socket = await connectProgram(url, { token: account.token() }).catch(() => undefined);
    }
  };
  void stay();
  return {
    type(room) {
      // Nobody misses it when the socket is just away.
      void socket?.call({ rpc: { method: "typing", data: { room } } }).catch(() => {});
    },
  };
}
