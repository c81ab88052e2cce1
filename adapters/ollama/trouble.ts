/** What went wrong with the model, as one sentence for the room; the cause stays for the log. */
import { ChatError, unavailable } from "#domain/errors.ts";
import { SilentError } from "./ask.ts";
import { PullError } from "./server.ts";

const longestReason = 200;

export function asUnavailable(error: unknown, model: string): ChatError {
  if (error instanceof ChatError) return error;
  return unavailable(sentenceFor(error, model), error);
}

/** Our own server speaks in sentences. What another says of its network is for the operator's log. */
function reasonOf({ message }: PullError): string {
  const isForOperators = /:\/\/|\bdial\b|\blookup\b/.test(message);
  return isForOperators
    ? "where it comes from can't be reached. Please ask again later."
    : message.slice(0, longestReason);
}

function sentenceFor(error: unknown, model: string): string {
  if (error instanceof SilentError)
    return error.before === "first"
      ? "The language model did not begin to answer in time. Please ask again."
      : "The language model stopped in the middle of its answer. Please ask again.";
  if (error instanceof PullError) {
    const what = model === "auto" ? "The language model" : `The model ${model}`;
    return `${what} can't be fetched: ${reasonOf(error)}`;
  }
  if (!(error instanceof Error)) return "The language model failed. Please ask again.";
  const code = "code" in error ? String(error.code) : "";
  if (/REFUSED|NOTFOUND|Refused|FailedToOpenSocket|UNREACH/.test(code))
    return "The language model can't be reached right now. Please ask again in a moment.";
  if (/RESET|ConnectionClosed|EPIPE/.test(code) || /without being done|Did not receive done/.test(error.message))
    return "The language model went away. Please ask again in a moment.";
  if (error.name === "TimeoutError")
    return "The language model does not respond right now. Please ask again in a moment.";
  if ("status_code" in error && error.status_code === 404)
    return `The model ${model} is not there any more. Ask again, and it is fetched anew.`;
  if ("status_code" in error && error.status_code === 503)
    return "The language model has too many questions waiting. Please ask again in a moment.";
  return "The language model reported an error. Please ask again.";
}
