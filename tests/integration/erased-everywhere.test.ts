/** A message with a secret is edited to another, answered, told to a webhook and asked a bot about; once it is deleted nobody is told either any more, anywhere. */
import { expect, test } from "bun:test";
import { createAddressRules } from "#adapters/http/address-rules.ts";
import { createHttpWebhookSender } from "#adapters/http/webhook-sender.ts";
import type { EventId, RoomId } from "#domain/ids.ts";
import { createHookSealer } from "#gateway/sealer.ts";
import { startDeliverer } from "#hooks/deliverer.ts";
import { bringIn, signUpPerson } from "../support/api-person.ts";
import { answered, openBotRoom, openParrot } from "../support/bots.ts";
import { startHookReceiver, takes } from "../support/hook-receiver.ts";
import { lookAt } from "../support/live-page.ts";
import { connectProgram } from "../support/program.ts";
import { rowsWith, toldOf, withWords } from "../support/told-words.ts";
import { until } from "../support/wait.ts";

const [first, second] = ["xyzzyone", "xyzzytwo"];
const words = [first, second];
const testMs = 60_000;

test(
  "after its deletion a message's words are told on no path, to nobody, and stand nowhere",
  async () => {
    const { world, ana, room } = await openBotRoom();
    const { url: base, ports, logged } = world.gateway;
    await using receiver = startHookReceiver();
    const bob = await signUpPerson(base);
    await bringIn(ana, room.id, bob);
    const parrot = openParrot();
    await world.addBot(parrot);
    const webhooks = createHttpWebhookSender({ rules: createAddressRules(["127.0.0.1"]), timeoutMs: 2_000 });
    Object.assign(ports, { webhooks });
    const made = await ana.call("POST", `/rooms/${room.id}/hooks/outgoing`, { url: receiver.url });
    expect(made.status).toBe(201);
    receiver.secret = made.body.secret;
    const own = `/rooms/${room.id}/messages`;

    // Open all the time: a page, its second tab, and a program.
    const tabs = [await lookAt(base, bob, room), await lookAt(base, bob, room)];
    const program = await connectProgram(base, { token: bob.token });
    await program.call({ subscribe: { channel: `room:${room.id}` } });

    const id = await ana.post(room.id, `@${bob.name} it is ${first}`);
    expect((await ana.call("PATCH", `${own}/${id}`, { text: `@${bob.name} no, ${second}` })).status).toBe(200);
    const reply = (await bob.call("POST", own, { text: "I see", replyTo: id })).body.id as EventId;
    // A reply that quotes what it said first, as long as that is what its sender saw.
    expect(withWords(await toldOf({ base, who: bob, room, id }), words).length).toBeGreaterThan(10);
    expect(await rowsWith(ports.database.queries, words)).not.toEqual([]);

    // A webhook that was given the words, and did not take them: the deletion comes while it is in its retries.
    receiver.answer = () => new Response(null, { status: 500 });
    await using deliverer = startDeliverer(ports, { sealer: await createHookSealer("s".repeat(48)), tickMs: 5 });
    await until(() => receiver.batches.length > 0, { what: "the webhook to be told" });
    expect(JSON.stringify(receiver.batches)).toMatch(new RegExp(words.join("|")));
    await until(async () => JSON.stringify(await ports.hooks.listOf(room.id as RoomId)).includes('"failures":1'), {
      what: "its failure to be noted",
    });

    expect((await ana.call("DELETE", `${own}/${id}`)).status).toBe(204);
    const { offset } = await ports.stream.head(room.id as RoomId);
    await until(() => tabs.every((tab) => JSON.stringify(tab.frames).includes("This message was deleted.")), {
      what: "both tabs to be told",
    });
    for (const tab of tabs) expect(tab.frames.flatMap(({ changes }) => changes ?? []).at(-1)).toMatchObject({ id });
    await until(() => program.offsets(`room:${room.id}`).includes(offset), { what: "the program to be told" });

    // What is tried again is sent without the words, and says that the message was deleted.
    receiver.batches.length = 0;
    receiver.answer = takes;
    void deliverer;
    const delivered = () => receiver.taken.flatMap(({ events }) => events);
    await until(() => delivered().some((event) => event.type === "message.deleted" && event.message === id), {
      what: "the webhook to be told of the deletion",
    });
    expect(JSON.stringify(receiver.batches)).not.toMatch(new RegExp(words.join("|")));
    expect(receiver.problems).toEqual([]);

    await bob.post(room.id, "@superchat what was it?");
    await answered(bob, room);
    expect(JSON.stringify(parrot.asked)).toContain("I see");
    expect(withWords(new Map([["the bot", JSON.stringify(parrot.asked)]]), words)).toEqual([]);

    for (const who of [ana, bob]) {
      for (const of of [id, reply]) expect(withWords(await toldOf({ base, who, room, id: of }), words)).toEqual([]);
    }
    expect(JSON.stringify(await ports.events.naming(bob.id as never, "2020-01-01T00:00:00.000Z", 100))).not.toContain(
      "xyzzy",
    );
    expect(JSON.stringify(await ports.stream.tail(room.id as RoomId, 0, 1_000))).not.toContain("xyzzy");
    expect(await rowsWith(ports.database.queries, words)).toEqual([]);
    expect(logged.filter((line) => line.includes("xyzzy"))).toEqual([]);

    // Still there: its place, who wrote it, and whom nothing of it concerns.
    const { items } = (await bob.get(`/rooms/${room.id}/events?after=0&limit=500`)).body;
    expect(items.map((event: { offset: number }) => event.offset)).toEqual(
      items.map((_: unknown, at: number) => at + 1),
    );
    expect(items.find((event: { id: string }) => event.id === id)).toMatchObject({
      text: "",
      mentions: [],
      deleted: true,
      author: { id: ana.id },
    });
    expect(items.find((event: { id: string }) => event.id === reply)).toMatchObject({
      text: "I see",
      replyTo: { id, text: "", deleted: true },
    });
    for (const each of [...tabs, program]) each.close();
    await world.close();
  },
  testMs,
);
