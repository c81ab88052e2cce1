/** One call of the HTTP API: what it takes and gives, as documented and as enforced, and the function that answers it. */
import type { z } from "zod";
import type { Scope } from "#domain/program-token.ts";
import type { GatewayContext } from "../app-env.ts";
import type { Caller } from "../tokens.ts";

export const tags = {
  accounts: "Signing up and in, and the devices one is signed in on.",
  tokens: "Tokens and bots for programs. Only somebody who is signed in makes, lists and revokes them.",
  rooms: "Rooms, and who is in them.",
  hooks:
    "Webhooks of a room: an address that posts to it, or one that hears what happens in it. For who administers the room: who made it, and in a room whose maker is not in it the first person of the server.",
  messages: "Sending, reading, and following what happens in a room.",
} as const;
export type Tag = keyof typeof tags;

/** Nobody in particular; anybody with a token; only a sign-in; or a token with this scope. */
export type Access = "open" | "any" | "sign-in" | Scope;

/** Refusals that a call adds to those that follow from how it is described. */
export type OwnRefusal = 401 | 403 | 404 | 409 | 412 | 429;

export interface Answer {
  readonly means: string;
  /** Absent: no body. */
  readonly schema?: z.ZodType;
}

export interface Description {
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below /api/v1, with {parameters}. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly more?: string;
  readonly access: Access;
  /** What the parameters in the path mean. They are strings: one that names nothing is answered with 404. */
  readonly params?: Readonly<Record<string, { readonly means: string; readonly example: string }>>;
  /** From strings to what the call takes. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Why, by status. */
  readonly refusals?: Readonly<Partial<Record<OwnRefusal, string>>>;
  /** A body unchanged since it was last given is answered with 304. */
  readonly etag?: true;
  /** It is about a message of which the caller may have seen a version: answers name it, and what changes it takes If-Match. */
  readonly versioned?: true;
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

type Given<A> = {
  [S in keyof A & number]: A[S] extends { readonly schema: infer T extends z.ZodType }
    ? { readonly status: S; readonly body: z.input<T> }
    : { readonly status: S };
}[keyof A & number];

export interface Call<D extends Description> {
  readonly c: GatewayContext;
  readonly caller: D["access"] extends "open" ? undefined : Caller;
  readonly param: (name: keyof D["params"] & string) => string;
  readonly query: Parsed<D["query"]>;
  readonly body: Parsed<D["body"]>;
}

export interface Operation extends Description {
  handle(call: unknown): Promise<{ readonly status: number; readonly body?: unknown }>;
}

/** Ties a description to its function: the compiler holds the function to what is described. */
export function operation<const D extends Description>(
  description: D,
  handle: (call: Call<D>) => Promise<Given<D["answers"]>>,
): Operation {
  return { ...description, handle: (call) => handle(call as Call<D>) };
}

/** An answer, of which the compiler knows the very status. */
export function give<S extends number>(status: S): { readonly status: S };
export function give<S extends number, B>(status: S, body: B): { readonly status: S; readonly body: B };
export function give(status: number, body?: unknown) {
  return { status, body };
}

export function hasBodies({ answers }: Description): boolean {
  return Object.values(answers).some(({ schema }) => schema !== undefined);
}
