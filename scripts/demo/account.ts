/** One person at the server: signed in or up, and called for with a token that is renewed when it is too old. */
import { type ApiAnswer, callApi } from "#tests/support/api-person.ts";
import { patiently } from "../patiently.ts";

export interface Account {
  /** Other than asked for where that name is somebody else's. */
  readonly name: string;
  token(): string;
  /** Waits where the server asks to, tries again while it is away. @throws Error when it is refused */
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Gets another token. */
  renew(): Promise<void>;
}

/** New accounts may have to wait for an hour. */
const longestWaitS = 3_700;
/** A server that is restarted is back within this. */
const tryAgainMs = 1_000;
const mostTries = 60;
const mostNames = 9;

export async function openAccount(url: string, wanted: string, password: string): Promise<Account> {
  const ask = (method: string, path: string, body: unknown, token?: string) =>
    untilThere(() => patiently(() => callApi(url, method, path, { body, token }), longestWaitS));
  for (let nth = 1; nth <= mostNames; nth++) {
    const name = nth === 1 ? wanted : `${wanted}-${nth}`;
    let entered = await ask("POST", "/sessions", { name, password });
    if (entered.status === 401) entered = await ask("POST", "/users", { name, password });
    // Somebody else's name, or one that looks like it.
    if (entered.status === 409) continue;
    if (entered.status !== 201) throw refused(`signing up as ${name}`, entered);
    return accountOf(name, entered.body, ask);
  }
  throw new Error(`${wanted} and ${mostNames - 1} names like it are taken. Is it another --password than before?`);
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

function accountOf(
  name: string,
  first: Tokens,
  ask: (method: string, path: string, body: unknown, token?: string) => Promise<ApiAnswer>,
): Account {
  let tokens = first;
  let renewing: Promise<void> | undefined;
  // Two at once would use one refresh token twice, which ends the session.
  const renew = () => {
    renewing ??= ask("POST", "/sessions/refresh", { refreshToken: tokens.refreshToken })
      .then((answer) => {
        if (answer.status !== 200) throw refused(`renewing the token of ${name}`, answer);
        tokens = answer.body;
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  return {
    name,
    renew,
    token: () => tokens.accessToken,
    async call(method, path, body) {
      let answer = await ask(method, path, body, tokens.accessToken);
      if (answer.status === 401) {
        await renew();
        answer = await ask(method, path, body, tokens.accessToken);
      }
      return answer;
    },
  };
}

export function refused(what: string, { status, body }: ApiAnswer): Error {
  return new Error(`${what} was refused with ${status}: ${body?.detail ?? "without a reason"}`);
}

/** Sends again: what is sent has an id, or changes nothing the second time. */
async function untilThere(call: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await call();
      if (answer.status < 500 || tries === mostTries) return answer;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || tries === mostTries) throw error;
      if (tries === 1) console.log(`The server can't be reached (${error.code}); trying again for a minute.`);
    }
    await Bun.sleep(tryAgainMs);
  }
}
