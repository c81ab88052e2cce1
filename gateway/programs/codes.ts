/** The numbers of the Centrifuge client protocol: errors in replies, ends of subscriptions, ends of connections. */

/** An error in the reply to a command. Temporary ones are worth another try. */
export interface ReplyError {
  readonly code: number;
  readonly message: string;
  readonly temporary?: true;
}

export const replyErrors = {
  internal: { code: 100, message: "internal server error", temporary: true },
  unauthorized: { code: 101, message: "unauthorized" },
  unknownChannel: { code: 102, message: "unknown channel" },
  permissionDenied: { code: 103, message: "permission denied" },
  methodNotFound: { code: 104, message: "method not found" },
  alreadySubscribed: { code: 105, message: "already subscribed" },
  limitExceeded: { code: 106, message: "limit exceeded" },
  badRequest: { code: 107, message: "bad request" },
  notAvailable: { code: 108, message: "not available" },
  tokenExpired: { code: 109, message: "token expired" },
  tooManyRequests: { code: 111, message: "too many requests", temporary: true },
  /** Of our own: the protocol leaves those from 400 on to applications. */
  changed: { code: 412, message: "changed in the meantime" },
  unrecoverablePosition: { code: 112, message: "unrecoverable position" },
} as const satisfies Record<string, ReplyError>;

/** Why a connection ends. From 3500 on a client does not come back by itself. */
export interface End {
  readonly code: number;
  readonly reason: string;
}

export const ends = {
  shutdown: { code: 3001, reason: "shutdown" },
  serverError: { code: 3004, reason: "internal server error" },
  expired: { code: 3005, reason: "connection expired" },
  slow: { code: 3008, reason: "slow" },
  noPong: { code: 3012, reason: "no pong" },
  tooManyRequests: { code: 3013, reason: "too many requests" },
  invalidToken: { code: 3500, reason: "invalid token" },
  badRequest: { code: 3501, reason: "bad request" },
  stale: { code: 3502, reason: "stale" },
  signedOut: { code: 3503, reason: "force disconnect" },
  connectionLimit: { code: 3504, reason: "connection limit" },
  notAvailable: { code: 3508, reason: "not available" },
} as const satisfies Record<string, End>;

/** Why a subscription ends. From 2500 on a client subscribes again by itself, with the position it has. */
export const unsubscribes = {
  notMember: { code: 2000, reason: "server unsubscribe" },
  insufficientState: { code: 2500, reason: "insufficient state" },
} as const satisfies Record<string, End>;

/** Thrown while a command is worked on: the reply is this error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(readonly reply: ReplyError) {
    super(reply.message);
  }
}

/** Thrown while a command is worked on: the connection ends. */
export class Disconnect extends Error {
  override readonly name = "Disconnect";
  constructor(readonly end: End) {
    super(end.reason);
  }
}
