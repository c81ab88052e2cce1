/** What a page says when its form was refused. What can't be said beside a form (not signed in, our bug) goes on as it is. */
import { ChatError } from "#domain/errors.ts";
import type { Problem } from "#views/chrome.ts";
import type { GatewayContext } from "./app-env.ts";
import { HttpProblem } from "./http-problem.ts";
import type { Log } from "./log.ts";
import { type Refusal, refusalOf } from "./refusals.tsx";

export function formProblem(error: unknown, log: Log, c: GatewayContext): Refusal & { readonly problem: Problem } {
  if (!(error instanceof ChatError || error instanceof HttpProblem)) throw error;
  const refusal = refusalOf(error, log, c.get("requestId"));
  return { ...refusal, problem: { sentence: refusal.sentence, field: refusal.field } };
}
