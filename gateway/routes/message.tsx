/** What can be done with one message, as plain forms: react, edit, delete; and the page that has them all, with a form to reply. */
import { Hono } from "hono";
import { deleteMessage, editMessage } from "#domain/change-message.ts";
import { type EventId, parseMessageId } from "#domain/ids.ts";
import { type MessageRef, memberMessage } from "#domain/member-message.ts";
import { namePlaces } from "#domain/mention.ts";
import { react } from "#domain/react.ts";
import { MessagePage, type MessagePageProps } from "#views/pages/message-page.tsx";
import { messagePath } from "#views/room-name.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { memberChrome, signedIn } from "../chrome.ts";
import { formProblem } from "../form-problem.ts";
import { page } from "../page.tsx";
import { readForm } from "../request-body.ts";

export function messageRoutes({ ports, log }: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  const show = async (c: GatewayContext, own: Partial<Pick<MessagePageProps, "problem" | "draft" | "stale">> = {}) => {
    const { access, message } = await memberMessage(ports, signedIn(c).user, refIn(c));
    const chrome = await memberChrome(ports, c, access);
    return MessagePage({ chrome, access, message, draftId: ports.ids.next() as EventId, ...own });
  };

  /** Does what a form asks for; then back to the message in its room, or to the forms with the reason why not. */
  const change = async (
    c: GatewayContext,
    work: (ref: MessageRef, form: ReadonlyMap<string, string>) => Promise<unknown>,
    /** The room's page says who is named in it and is not there. */
    saysAbsent = false,
  ) => {
    const form = await readForm(c.req.raw);
    try {
      await work(refIn(c), form);
    } catch (error) {
      const { code, problem, status, headers } = formProblem(error, log, c);
      const own = { problem, draft: form.get("text"), stale: code === "changed" };
      return page(c, await show(c, own), status, headers);
    }
    const { access, message } = await memberMessage(ports, signedIn(c).user, refIn(c));
    const sent = saysAbsent && namePlaces(message.text).length > 0 ? message.id : undefined;
    return c.redirect(messagePath(access.room, message.offset, sent), 303);
  };

  app.get("/rooms/:ref/messages/:id", async (c) => page(c, await show(c)));

  app.post("/rooms/:ref/messages/:id/reactions", (c) =>
    change(c, (ref, form) => react(ports, signedIn(c).user, ref, form.get("emoji") ?? "", "toggled")),
  );

  app.post("/rooms/:ref/messages/:id/edit", (c) =>
    change(
      c,
      (ref, form) => {
        const version = form.get("version");
        return editMessage(ports, signedIn(c).user, ref, form.get("text") ?? "", version ? [version] : undefined);
      },
      true,
    ),
  );

  app.post("/rooms/:ref/messages/:id/delete", (c) => change(c, (ref) => deleteMessage(ports, signedIn(c).user, ref)));

  return app;
}

function refIn(c: GatewayContext): MessageRef {
  return { room: c.req.param("ref") ?? "", message: parseMessageId(c.req.param("id") ?? "") };
}
