/** The webhooks of a room: made, shown once, and how each one fares, in words. */
import { isSlow, maxHookUrlLength, type OutgoingHook } from "#domain/hook.ts";
import type { HookOfSomebody } from "#domain/hooks.ts";
import type { RoomAccess } from "#domain/room.ts";
import { maxNameLength } from "#domain/user.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { FormField, FormProblem } from "../fragments/form-field.tsx";
import { Icon } from "../fragments/icon.tsx";
import { RoomTitle } from "../fragments/room-title.tsx";
import { TimeAgo } from "../fragments/time.tsx";
import { Layout } from "../layout.tsx";
import { roomPath, roomTitle } from "../room-name.ts";

export interface HooksPageProps {
  readonly chrome: Chrome;
  readonly access: Pick<RoomAccess, "room" | "peer">;
  /** Newest first. */
  readonly hooks: readonly HookOfSomebody[];
  /** Of the webhook that a form makes: sent twice, it makes one. */
  readonly draftId: string;
  /** Just made, with what is shown this once. */
  readonly made?: MadeHook | undefined;
  /** `field` is "name" for incoming ones and "url" for outgoing ones. */
  readonly problem?: Problem | undefined;
  /** What was typed into the form that came back. */
  readonly kept?: { readonly name?: string; readonly url?: string } | undefined;
}

export type MadeHook =
  | { readonly kind: "incoming"; readonly bot: { readonly name: string }; readonly url: string }
  | { readonly kind: "outgoing"; readonly url: string; readonly secret: string };

export function HooksPage({ chrome, access, hooks, draftId, made, problem, kept }: HooksPageProps) {
  const path = roomPath(access.room);
  const title = roomTitle(access, chrome.viewer);
  return (
    <Layout chrome={chrome} title={`Webhooks of ${title}`}>
      <Bar
        title={
          <>
            Webhooks of <RoomTitle access={access} viewer={chrome.viewer} />
          </>
        }
      >
        <a class="button quiet" href={path}>
          Back<span class="wide"> to the room</span>
        </a>
      </Bar>
      <div class="page">
        {made && <Made made={made} />}
        <FormProblem problem={problem} fields={["name", "url"]} />
        <p class="lead">Webhooks let other programs post to this room, or receive its events.</p>
        {hooks.length > 0 && (
          <ul class="sessions">
            {hooks.map((each) => (
              <HookItem {...each} path={path} chrome={chrome} />
            ))}
          </ul>
        )}
        <IncomingForm path={path} draftId={draftId} problem={problem} name={kept?.name} />
        <OutgoingForm path={path} draftId={draftId} problem={problem} url={kept?.url} />
      </div>
    </Layout>
  );
}

function Made({ made }: { made: MadeHook }) {
  return (
    <section class="card made" role="status" aria-labelledby="made">
      {made.kind === "incoming" ? (
        <>
          <h2 id="made">Copy this address now</h2>
          <p>
            Anyone who has this address can post here as <bdi>{made.bot.name}</bdi>. It is shown only once, so store it
            where only the program can read it.
          </p>
        </>
      ) : (
        <>
          <h2 id="made">Copy this secret now</h2>
          <p>
            With it <b>{new URL(made.url).host}</b> checks that what it gets comes from here. It is shown only once.
          </p>
        </>
      )}
      <p class="secret">
        <code>{made.kind === "incoming" ? made.url : made.secret}</code>
      </p>
    </section>
  );
}

function HookItem({ hook, bot, orphaned, path, chrome }: HookOfSomebody & { path: string; chrome: Chrome }) {
  const name = hook.kind === "incoming" ? (bot?.name ?? "A bot that is gone") : hook.url;
  return (
    <li>
      <Icon name={hook.kind === "incoming" ? "key" : "out"} />
      <div>
        <span class="name">
          <bdi>{name}</bdi>
        </span>
        {hook.kind === "incoming" ? (
          <span class="hint">
            {orphaned ? "Off: the person who added it has left the room." : "Posts what is sent to its address."} Added{" "}
            <TimeAgo at={hook.createdAt} chrome={chrome} />
          </span>
        ) : (
          <Standing hook={hook} chrome={chrome} />
        )}
        {hook.kind === "outgoing" && hook.state === "off" && (
          <form method="post" action={`${path}/hooks/${hook.id}/on`}>
            <button type="submit" class="quiet" aria-label={`Switch on ${name}`}>
              Switch on
            </button>
          </form>
        )}
      </div>
      <form method="post" action={`${path}/hooks/${hook.id}/delete`}>
        <button type="submit" class="quiet" aria-label={`Delete ${name}`}>
          Delete
        </button>
      </form>
    </li>
  );
}

function Standing({ hook, chrome }: { hook: OutgoingHook; chrome: Chrome }) {
  const { state, failingSince, lastSuccessAt, lastFailure } = hook;
  const slow = state === "on" && isSlow(hook);
  return (
    <>
      <span class="hint">
        {state === "off" ? "Switched off. " : failingSince !== undefined && "Failing, and tried again. "}
        {lastSuccessAt === undefined ? (
          "No deliveries yet."
        ) : (
          <>
            Last delivery <TimeAgo at={lastSuccessAt} chrome={chrome} />.
            {slow && " It answers slowly, so it gets deliveries less often."}
          </>
        )}
      </span>
      {lastFailure !== undefined && (
        <span class="hint">
          {" "}
          Last failed <TimeAgo at={lastFailure.at} chrome={chrome} />: {lastFailure.reason}
        </span>
      )}
    </>
  );
}

type FormProps = { path: string; draftId: string; problem: Problem | undefined };

function IncomingForm({ path, draftId, problem, name }: FormProps & { name: string | undefined }) {
  return (
    <form method="post" action={`${path}/hooks/incoming`} class="card stack">
      <h2>Add an incoming webhook</h2>
      <input type="hidden" name="id" value={draftId} />
      <FormField
        id="hook-name"
        label="Name to post as"
        hint="A bot of yours. It takes what Slack's incoming webhooks take."
        problem={problem}
        input={{
          name: "name",
          value: name,
          required: true,
          maxlength: maxNameLength,
          autocomplete: "off",
          placeholder: "e.g. build-bot",
        }}
      >
        <button type="submit">Create webhook</button>
      </FormField>
    </form>
  );
}

function OutgoingForm({ path, draftId, problem, url }: FormProps & { url: string | undefined }) {
  return (
    <form method="post" action={`${path}/hooks/outgoing`} class="card stack">
      <h2>Add an outgoing webhook</h2>
      <input type="hidden" name="id" value={draftId} />
      <FormField
        id="hook-url"
        label="Address that receives the events"
        hint="Everything from now on, in order, signed according to the Standard Webhooks specification."
        problem={problem}
        input={{
          name: "url",
          type: "url",
          value: url,
          required: true,
          maxlength: maxHookUrlLength,
          autocomplete: "off",
          placeholder: "https://example.org/hook",
        }}
      >
        <button type="submit">Add webhook</button>
      </FormField>
    </form>
  );
}
