/** Where webhooks may be sent besides the internet, from the environment. */

import { type AddressRules, createAddressRules } from "#adapters/http/address-rules.ts";
import { createHttpWebhookSender } from "#adapters/http/webhook-sender.ts";
import { ConfigError } from "#domain/config-error.ts";
import type { WebhookSender } from "#domain/ports/index.ts";

/** Every variable that is read here, for the test that keeps .env.example complete. */
export const webhookVariables = ["WEBHOOK_ALLOW"] as const;

/** @throws ConfigError with a sentence */
export function readWebhookRules(env: Readonly<Record<string, string | undefined>>): AddressRules {
  const allow = (env.WEBHOOK_ALLOW ?? "").split(",").flatMap((part) => part.trim() || []);
  try {
    return createAddressRules(allow);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`WEBHOOK_ALLOW must be a list like hooks.internal,10.1.0.0/16, but ${what}.`]);
  }
}

/** Sends to the internet, and to nothing else unless `rules` says so. */
export function openWebhookSender(rules: AddressRules = createAddressRules()): WebhookSender {
  return createHttpWebhookSender({ rules });
}
