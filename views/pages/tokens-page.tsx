/** Tokens for programs and the bots they may speak as: made, shown once, revoked. */
import {
  defaultTokenDays,
  maxTokenNameLength,
  type ProgramToken,
  type Scope,
  scopeMeanings,
  scopes,
} from "#domain/program-token.ts";
import { type Author, maxNameLength } from "#domain/user.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { exactTime } from "../clock.ts";
import { AccountNav } from "../fragments/account-nav.tsx";
import { Bar } from "../fragments/bar.tsx";
import { FormField, FormProblem } from "../fragments/form-field.tsx";
import { Icon } from "../fragments/icon.tsx";
import { TimeAgo } from "../fragments/time.tsx";
import { Layout } from "../layout.tsx";

export interface ListedToken {
  readonly token: ProgramToken;
  /** Who it speaks as. */
  readonly user: Author;
}

export interface TokensPageProps {
  readonly chrome: Chrome;
  readonly tokens: readonly ListedToken[];
  readonly bots: readonly Author[];
  /** Of the token that this form makes: sent twice, it makes one. */
  readonly draftId: string;
  /** Just made, with what is shown this once. */
  readonly made?: (ListedToken & { readonly secret: string }) | undefined;
  readonly problem?: Problem | undefined;
  /** What was typed into the form that came back. */
  readonly kept?: KeptToken | undefined;
  readonly keptBot?: string | undefined;
}

export interface KeptToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly days: number;
  readonly bot: string | undefined;
}

/** Of the form for bots: that for tokens has a name too. */
export const botField = "bot-name";
const lifetimes = { 7: "A week", 30: "A month", 90: "Three months", 366: "A year" } as const;

export function TokensPage({ chrome, tokens, bots, draftId, made, problem, kept, keptBot }: TokensPageProps) {
  return (
    <Layout chrome={chrome} title="API tokens" page="tokens">
      <Bar title="API tokens" />
      <div class="page">
        <AccountNav here="tokens" />
        {made && <Made {...made} />}
        <FormProblem problem={problem} fields={["name", "scopes", botField]} />
        <p class="lead">
          A program calls this chat with a token instead of your password. What it can do is in the{" "}
          <a href="/api/docs">guide to the API</a>. Signing out does not revoke tokens: revoke them here.
        </p>
        {tokens.length > 0 && (
          <ul class="sessions">
            {tokens.map((each) => (
              <TokenItem {...each} chrome={chrome} />
            ))}
          </ul>
        )}
        <TokenForm bots={bots} me={chrome.viewer} draftId={draftId} problem={problem} kept={kept} />
        <Bots bots={bots} problem={problem} kept={keptBot} />
      </div>
    </Layout>
  );
}

function Made({ token, user, secret }: ListedToken & { secret: string }) {
  return (
    <section class="card made" role="status" aria-labelledby="made">
      <h2 id="made">Copy this token now</h2>
      <p>
        <b>{token.name}</b> speaks as <bdi>{user.name}</bdi>. The token is shown only once, so store it where only the
        program can read it.
      </p>
      <p class="secret">
        <code>{secret}</code>
      </p>
    </section>
  );
}

function TokenItem({ token, user, chrome }: ListedToken & { chrome: Chrome }) {
  const { now, timeZone, hour12, viewer } = chrome;
  const expired = Date.parse(token.expiresAt) <= now;
  return (
    <li>
      <Icon name="key" />
      <div>
        <span class="name">{token.name}</span>
        <span class="hint">
          Speaks as {user.id === viewer?.id ? "you" : <bdi>{user.name}</bdi>} · {token.scopes.join(", ")}
        </span>{" "}
        <span class="hint">
          {token.lastUsedAt === undefined ? (
            "Never used"
          ) : (
            <>
              Last used <TimeAgo at={token.lastUsedAt} chrome={chrome} />
            </>
          )}
          {expired ? " · expired " : " · works until "}
          <time datetime={token.expiresAt}>{exactTime(token.expiresAt, timeZone, hour12)}</time>
        </span>
      </div>
      <form method="post" action={`/tokens/${token.id}/revoke`}>
        <button type="submit" class="quiet" aria-label={`Revoke ${token.name}`}>
          Revoke
        </button>
      </form>
    </li>
  );
}

function TokenForm({
  bots,
  me,
  draftId,
  problem,
  kept,
}: Pick<TokensPageProps, "bots" | "draftId" | "problem" | "kept"> & { me: Author | undefined }) {
  const chosen = kept?.scopes ?? (["rooms:read", "messages:read"] satisfies Scope[]);
  const days = kept?.days ?? defaultTokenDays;
  return (
    <form method="post" action="/tokens" class="card stack">
      <h2>Create a token</h2>
      <input type="hidden" name="id" value={draftId} />
      <FormField
        id="token-name"
        label="What is it for?"
        problem={problem}
        input={{
          name: "name",
          value: kept?.name,
          required: true,
          maxlength: maxTokenNameLength,
          autocomplete: "off",
          placeholder: "e.g. nightly export",
        }}
      />
      <fieldset>
        <legend>What may it do?</legend>
        {problem?.field === "scopes" && <p class="problem">{problem.sentence}</p>}
        {scopes.map((scope) => (
          <label class="choice">
            <input type="checkbox" name={`scope:${scope}`} checked={chosen.includes(scope)} />
            <span>
              <b>{scopeMeanings[scope]}</b> <code>{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="form-field">
        <label for="token-bot">Who does it speak as?</label>
        <select id="token-bot" name="bot">
          <option value="">{me?.name ?? "You"}</option>
          {bots.map(({ id, name }) => (
            <option value={id} selected={kept?.bot === id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="form-field">
        <label for="token-days">How long does it work?</label>
        <select id="token-days" name="days">
          {Object.entries(lifetimes).map(([count, words]) => (
            <option value={count} selected={days === Number(count)}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="primary">
        Create token
      </button>
    </form>
  );
}

function Bots({ bots, problem, kept }: Pick<TokensPageProps, "bots" | "problem"> & { kept: string | undefined }) {
  return (
    <form method="post" action="/bots" class="card stack">
      <h2>Your bots</h2>
      <p class="hint">
        {bots.length === 0 ? (
          "A bot is an account that only programs use. It speaks under a name of its own."
        ) : (
          <>
            {bots.map(({ name }, index) => (
              <>
                {index > 0 && ", "}
                <bdi>{name}</bdi>
              </>
            ))}
            . A bot joins public rooms itself; invite it to other rooms like anyone else.
          </>
        )}
      </p>
      <FormField
        id="bot-name"
        label="Name of a new bot"
        problem={problem}
        input={{
          name: botField,
          value: kept,
          required: true,
          maxlength: maxNameLength,
          autocomplete: "off",
          placeholder: "e.g. weather-bot",
        }}
      >
        <button type="submit">Create bot</button>
      </FormField>
    </form>
  );
}
