/**
 * The end of a socket, with a code where there is room for what its reader has not taken. A socket that is closed keeps that in memory until
 * it is taken, or for 12 to 14 s (measured) if nothing is; the server says that nothing waits from the moment it is closed. So it is
 * counted here. Past the bounds a socket is cut instead: what waited is freed at once, and the reader comes back as after any break.
 */
import type { UserId } from "#domain/ids.ts";

/** What closed sockets of one person, and of everybody, may keep at once, in bytes. */
export const maxPersonClosingBytes = 8 * 1024 * 1024;
export const maxClosingBytes = 64 * 1024 * 1024;
/** For how long it is counted: longer than a reader who takes nothing is waited for. */
export const closingMs = 30_000;

export interface Ending {
  readonly data: { readonly caller?: { readonly user: { readonly id: UserId } } | undefined };
  getBufferedAmount(): number;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Why a connection ends. */
interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

interface Closing {
  readonly user: UserId | undefined;
  readonly bytes: number;
  readonly until: number;
}

export function createSocketEnds(now = () => performance.now()): (socket: Ending, end: SocketEnd) => void {
  // In the order in which they are over.
  let closing: Closing[] = [];
  return (socket, { code, reason }) => {
    const bytes = socket.getBufferedAmount();
    if (bytes === 0) return socket.close(code, reason);
    const user = socket.data.caller?.user.id;
    const firstKept = closing.findIndex(({ until }) => until > now());
    closing = firstKept === -1 ? [] : closing.slice(firstKept);
    const total = sum(closing);
    const own = sum(closing.filter((one) => one.user === user));
    if (own + bytes > maxPersonClosingBytes || total + bytes > maxClosingBytes) return socket.terminate();
    closing.push({ user, bytes, until: now() + closingMs });
    socket.close(code, reason);
  };
}

function sum(closing: readonly Closing[]): number {
  return closing.reduce((total, { bytes }) => total + bytes, 0);
}

/** All gateways of a process share its memory. */
export const endSocket = createSocketEnds();
