/** What a gateway's handlers share: the parts of the gateway, and what a request carries along. */
import type { Server } from "bun";
import type { Context } from "hono";
import type { Ports } from "#domain/ports/index.ts";
import type { Chrome } from "#views/chrome.ts";
import type { Assets } from "./assets.ts";
import type { Config } from "./config.ts";
import type { HookSecrets } from "./hook-secrets.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Log } from "./log.ts";
import type { ProgramSecrets } from "./program-secrets.ts";
import type { Revocations } from "./revocations.ts";
import type { Caller, Tokens } from "./tokens.ts";

/** The parts that handlers use, besides the ports. */
export interface Parts {
  readonly ports: Ports;
  readonly config: Config;
  readonly log: Log;
  readonly ring: KeyRing;
  readonly tokens: Tokens;
  readonly programs: ProgramSecrets;
  readonly hookSecrets: HookSecrets;
  readonly revocations: Revocations;
  readonly assets: Assets;
}

export interface GatewayEnv {
  Bindings: {
    readonly server: Pick<Server<unknown>, "requestIP"> | undefined;
    /** It came without a Host that could be one. */
    readonly malformed?: boolean;
  };
  Variables: {
    requestId: string;
    /** Undefined while nobody is signed in. */
    caller: Caller | undefined;
    /** The browser had a sign-in that is no longer valid. */
    ended?: true;
    /** A body that leaves as it is read, for whoever asks. See held-answers.ts. */
    bodyOf: (text: string) => string | ReadableStream;
    /** What every page needs around its content. Takes what the page itself knows. */
    chrome: (own?: Partial<Chrome>) => Chrome;
  };
}

export type GatewayContext = Context<GatewayEnv>;
