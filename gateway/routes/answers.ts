/** The buttons of a bot's answer, as plain forms: stop it, ask again. */
import { Hono } from "hono";
import { memberAccess } from "#domain/access-room.ts";
import { parseEventId } from "#domain/ids.ts";
import { askAgain, stopAnswer } from "#domain/stop-answer.ts";
import { roomPath } from "#views/room-name.ts";
import type { GatewayContext, GatewayEnv, Parts } from "../app-env.ts";
import { signedIn } from "../chrome.ts";

export function answerRoutes({ ports }: Parts): Hono<GatewayEnv> {
  const app = new Hono<GatewayEnv>();

  const back = async (c: GatewayContext, ref: string) => {
    const { room } = await memberAccess(ports, signedIn(c).user, ref);
    return c.redirect(`${roomPath(room)}#composer`, 303);
  };

  app.post("/rooms/:ref/answers/:id/stop", async (c) => {
    const { ref, id } = c.req.param();
    await stopAnswer(ports, signedIn(c).user, { room: ref, message: parseEventId(id) });
    return await back(c, ref);
  });

  app.post("/rooms/:ref/answers/:id/ask-again", async (c) => {
    const { ref, id } = c.req.param();
    await askAgain(ports, signedIn(c).user, { room: ref, message: parseEventId(id) });
    return await back(c, ref);
  });

  return app;
}
