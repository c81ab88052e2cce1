/** One message and what its reader can do with it. Browser code takes the form to edit from here. */
import type { MemberAccess } from "#domain/access-room.ts";
import { isGrowing } from "#domain/grown-texts.ts";
import type { EventId } from "#domain/ids.ts";
import { type Message, maxTextBytes } from "#domain/message.ts";
import { quickEmoji } from "../browser/quick-emoji.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { MessageItem } from "../fragments/message.tsx";
import { Layout } from "../layout.tsx";
import { messagePath, roomPath, roomTitle } from "../room-name.ts";

export interface MessagePageProps {
  readonly chrome: Chrome;
  readonly access: MemberAccess;
  readonly message: Message;
  /** Of a reply. Made at render: a form that is sent twice is one message. */
  readonly draftId: EventId;
  readonly problem?: Problem | undefined;
  /** What was written into the form to edit. */
  readonly draft?: string | undefined;
}

export function MessagePage({ chrome, access, message, draftId, problem, draft }: MessagePageProps) {
  const { viewer, timeZone } = chrome;
  const room = roomPath(access.room);
  const path = `${room}/messages/${message.id}`;
  const mine = message.author.id === viewer?.id && !isGrowing(message);
  return (
    <Layout chrome={chrome} title="Message">
      <Bar title={<>A message in {roomTitle(access, viewer)}</>}>
        <a class="button quiet" href={messagePath(access.room, message.offset)}>
          Back to the room
        </a>
      </Bar>
      <div class="page">
        {problem && (
          <p class="problem" role="alert">
            {problem.sentence}
          </p>
        )}
        <ol aria-label="The message">
          <MessageItem message={message} grouped={false} timeZone={timeZone} viewer={viewer?.id} path={room} />
        </ol>
        {!message.deleted && (
          <>
            <ReactForm path={path} />
            <ReplyForm room={room} message={message} draftId={draftId} />
          </>
        )}
        {mine && !message.deleted && (
          <>
            <EditForm path={path} text={draft ?? message.text} />
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
      <textarea id="reply-text" name="text" rows={3} maxlength={maxTextBytes} dir="auto" required />
      <p class="edit-foot">
        <button type="submit" class="primary">
          Send the reply
        </button>
      </p>
    </form>
  );
}

function EditForm({ path, text }: { path: string; text: string }) {
  return (
    <form method="post" action={`${path}/edit`} class="edit">
      <label for="edit-text">Edit your message</label>
      <textarea id="edit-text" name="text" rows={3} maxlength={maxTextBytes} dir="auto">
        {text}
      </textarea>
      <p class="edit-foot">
        <button type="submit" class="primary">
          Save
        </button>
      </p>
    </form>
  );
}

/** Asks once. */
function DeleteForm({ path }: { path: string }) {
  return (
    <details class="danger">
      <summary>Delete this message…</summary>
      <form method="post" action={`${path}/delete`}>
        <p>Its text and its reactions go for everybody. This can't be taken back.</p>
        <button type="submit" class="danger">
          Delete the message
        </button>
      </form>
    </details>
  );
}
