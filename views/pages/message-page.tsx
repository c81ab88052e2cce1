/** One message and what its reader can do with it. Browser code takes the form to edit from here. */
import type { MemberAccess } from "#domain/access-room.ts";
import { isGrowing } from "#domain/grown-texts.ts";
import type { EventId } from "#domain/ids.ts";
import type { Message } from "#domain/message.ts";
import { versionOf } from "#domain/message-version.ts";
import { quickEmoji } from "../browser/quick-emoji.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { MessageItem } from "../fragments/message.tsx";
import { RoomTitle } from "../fragments/room-title.tsx";
import { Layout } from "../layout.tsx";
import { messagePath, roomPath } from "../room-name.ts";

export interface MessagePageProps {
  readonly chrome: Chrome;
  readonly access: MemberAccess;
  readonly message: Message;
  /** Of a reply. Made at render: a form that is sent twice is one message. */
  readonly draftId: EventId;
  readonly problem?: Problem | undefined;
  /** What was written into the form to edit. */
  readonly draft?: string | undefined;
  /** That was written for an older version of the message. */
  readonly stale?: boolean | undefined;
}

export function MessagePage({ chrome, access, message, draftId, problem, draft, stale }: MessagePageProps) {
  const { viewer, timeZone, hour12 } = chrome;
  const room = roomPath(access.room);
  const path = `${room}/messages/${message.id}`;
  const mine = message.author.id === viewer?.id && !isGrowing(message);
  return (
    <Layout chrome={chrome} title="Message">
      <Bar
        title={
          <>
            A message in <RoomTitle access={access} viewer={viewer} />
          </>
        }
      >
        <a class="button quiet" href={messagePath(access.room, message.offset)}>
          Back<span class="wide"> to the room</span>
        </a>
      </Bar>
      <div class="page">
        {problem && !stale && (
          <p class="problem" role="alert">
            {problem.sentence}
          </p>
        )}
        <ol aria-label="The message">
          <MessageItem message={message} grouped={false} {...{ timeZone, hour12, path: room }} viewer={viewer?.id} />
        </ol>
        {!message.deleted && (
          <>
            <ReactForm path={path} />
            <ReplyForm room={room} message={message} draftId={draftId} />
          </>
        )}
        {message.deleted && draft !== undefined && draft !== "" && <Unsaved text={draft} />}
        {mine && !message.deleted && (
          <>
            <EditForm
              path={path}
              message={message}
              draft={draft}
              newer={stale ? `${room}?at=${message.offset}` : undefined}
            />
            <DeleteForm path={path} />
          </>
        )}
      </div>
    </Layout>
  );
}

function ReactForm({ path }: { path: string }) {
  return (
    <form method="post" action={`${path}/reactions`} class="reactions" aria-label="React">
      {quickEmoji.map((emoji) => (
        <button type="submit" name="emoji" value={emoji}>
          {emoji}
        </button>
      ))}
    </form>
  );
}

/** Posts to the room, whose page shows the form again with the reason when it is refused. */
function ReplyForm({ room, message, draftId }: { room: string; message: Message; draftId: EventId }) {
  return (
    <form method="post" action={`${room}/messages`} class="reply">
      <input type="hidden" name="id" value={draftId} />
      <input type="hidden" name="replyTo" value={message.id} />
      <label for="reply-text">Reply</label>
      <textarea id="reply-text" name="text" rows={3} dir="auto" required />
      <p class="edit-foot">
        <button type="submit" class="primary">
          Send the reply
        </button>
      </p>
    </form>
  );
}

interface EditFormProps {
  readonly path: string;
  readonly message: Message;
  readonly draft: string | undefined;
  /** Where the newer text is read, when this was written for an older one. */
  readonly newer: string | undefined;
}

/** It carries the version that it was opened at; shown again after a conflict it has the newer one, so that saving is a choice. */
function EditForm({ path, message, draft = message.text, newer }: EditFormProps) {
  return (
    <form method="post" action={`${path}/edit`} class="edit">
      <input type="hidden" name="version" value={versionOf(message)} />
      {newer !== undefined && <Conflict text={message.text} />}
      <label for="edit-text">{newer === undefined ? "Edit your message" : "Your version"}</label>
      <textarea id="edit-text" name="text" rows={3} dir="auto">
        {draft}
      </textarea>
      <p class="edit-foot">
        <button type="submit" class="primary">
          {newer === undefined ? "Save" : "Replace it with your version"}
        </button>
        {newer !== undefined && (
          <>
            {" "}
            <a class="button cancel" href={`${newer}#m-${message.offset}`}>
              Keep the newer text
            </a>
          </>
        )}
      </p>
    </form>
  );
}

function Conflict({ text }: { text: string }) {
  return (
    <div class="conflict" role="alert">
      <p>This message was edited somewhere else while you were editing it. It now says:</p>
      <blockquote dir="auto">{text}</blockquote>
    </div>
  );
}

/** The message was deleted meanwhile: what was written is still theirs. */
function Unsaved({ text }: { text: string }) {
  return (
    <form class="edit">
      <label for="edit-text">What you wrote was not saved</label>
      <textarea id="edit-text" rows={3} readonly dir="auto">
        {text}
      </textarea>
    </form>
  );
}

/** Asks once. */
function DeleteForm({ path }: { path: string }) {
  return (
    <details class="danger">
      <summary>Delete this message…</summary>
      <form method="post" action={`${path}/delete`}>
        <p>
          <strong>Delete this message?</strong> This deletes the message for everyone. It can't be undone.
        </p>
        <p>
          <button type="submit" class="danger">
            Delete
          </button>{" "}
          <a class="button" href={path}>
            Cancel
          </a>
        </p>
      </form>
    </details>
  );
}
