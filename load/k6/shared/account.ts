/** An account on the server under load, and the token it speaks with: a newer one before the old one ends. */
import http from "k6/http";

export interface SignedIn {
  readonly name: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAtMs: number;
}

export interface Account {
  readonly name: string;
  /** One that is good for a while. */
  readonly token: () => Promise<string>;
  readonly signOut: () => void;
}

export const server = (__ENV.SUPERCHAT || "http://localhost:8080").replace(/\/$/, "");

/** Renewed this long before it ends, or when half of its time is over. */
const reserveMs = 60_000;

export function openAccount(person: SignedIn | undefined): Account {
  if (person === undefined) throw new Error("there are fewer people than were asked for");
  const { name, ...first } = person;
  let current = { ...first, renewAtMs: renewAt(first.expiresAtMs) };
  let renewing: Promise<void> | undefined;
  const renew = async () => {
    const response = await http.asyncRequest("POST", `${server}/api/v1/sessions/refresh`, ...json(current));
    if (response.status !== 200) throw new Error(`a token could not be renewed: ${response.status} ${response.body}`);
    const next = signedIn(name, response.json());
    current = { ...next, renewAtMs: renewAt(next.expiresAtMs) };
  };
  return {
    name,
    async token() {
      // A refresh token that is used twice ends the session: those who ask at the same time share one exchange.
      if (Date.now() >= current.renewAtMs) {
        renewing ??= renew().finally(() => {
          renewing = undefined;
        });
        await renewing;
      }
      return current.accessToken;
    },
    signOut: () => void http.del(`${server}/api/v1/sessions/current`, null, bearer(current.accessToken)),
  };
}

const renewAt = (expiresAtMs: number) => expiresAtMs - Math.min(reserveMs, (expiresAtMs - Date.now()) / 2);

export function json(body: object, token?: string): [string, { headers: Record<string, string> }] {
  return [
    JSON.stringify(body),
    { headers: { "Content-Type": "application/json", ...(token === undefined ? {} : bearer(token).headers) } },
  ];
}

export function bearer(token: string): { headers: Record<string, string> } {
  return { headers: { Authorization: `Bearer ${token}` } };
}

/** From the answer to a sign-up, a sign-in or a renewal. */
export function signedIn(name: string, answer: unknown): SignedIn {
  const { accessToken, refreshToken, expiresIn } = answer as {
    accessToken: string;
    refreshToken: string;
    expiresIn: number;
  };
  return { name, accessToken, refreshToken, expiresAtMs: Date.now() + expiresIn * 1_000 };
}
