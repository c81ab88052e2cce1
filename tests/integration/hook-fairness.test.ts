/** Twenty webhooks of one account, whose receiver takes nine seconds for each answer, hold up nobody else's. */
import { expect, test } from "bun:test";
import { createAddressRules } from "#adapters/http/address-rules.ts";
import { createHttpWebhookSender } from "#adapters/http/webhook-sender.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { startDeliverer } from "#hooks/deliverer.ts";
import { maxInFlightPerOwner } from "#hooks/places.ts";
import { startGateway } from "../support/gateway.ts";
import { makeSlowHooks } from "../support/slow-hooks.ts";
import { until } from "../support/wait.ts";

const answerAfterMs = 9_000;
const longMs = 60_000;

test(
  "another account's event arrives within seconds, and the slow one has its places and no more",
  async () => {
    const webhooks = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]) });
    await using gateway = await startGateway({ between: (ports) => Object.assign(ports, { webhooks }) });
    await using slow = await makeSlowHooks(gateway.url, answerAfterMs);
    await using deliverer = startDeliverer(gateway.ports, { sealer: await createHookSealer("s".repeat(48)) });
    await slow.postSlow();
    await until(() => slow.held.now === maxInFlightPerOwner, { what: "the slow receiver to hold what it may" });
    for (let n = 0; n < 3; n++) {
      await slow.postSlow();
      await slow.arrives();
    }
    // Those that had their turn make way for the others of the same account.
    await until(() => slow.sent() > maxInFlightPerOwner, { what: "the second turn", deadlineMs: 20_000 });
    await slow.arrives();
    expect(slow.held.most).toBe(maxInFlightPerOwner);
    await deliverer.close();
  },
  longMs,
);
