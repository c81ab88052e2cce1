/** What a gateway tells of itself while people talk: numbers rise by what happened, and lines say whose doing it was. */
import { expect, test } from "bun:test";
import { createPrometheusMetrics } from "#adapters/prometheus/metrics.ts";
import { currentRequest } from "#gateway/request-scope.ts";
import { signUpPerson } from "#tests/support/api-person.ts";
import { startGateway } from "#tests/support/gateway.ts";
import { openLive } from "#tests/support/live-page.ts";
import { until } from "#tests/support/wait.ts";

function meter() {
  const { metrics, text } = createPrometheusMetrics();
  /** Of a metric as it is written in the text, with its labels. */
  const read = async (name: string) => {
    const line = (await text()).split("\n").find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(" ")[1]);
  };
  return { metrics, read };
}

test("sends, acks, refusals, deliveries and hops are counted", async () => {
  const { metrics, read } = meter();
  await using gateway = await startGateway({ between: (ports) => ({ ...ports, metrics }) });
  const ana = await signUpPerson(gateway.url);
  const bob = await signUpPerson(gateway.url);
  const pages = await Promise.all(
    [ana, bob, bob].map(({ token }) =>
      openLive(gateway.url, { cookie: `superchat_access=${token}`, query: "?room=lobby" }),
    ),
  );
  await Promise.all(pages.map((page) => page.frame(({ caughtUp }) => caughtUp)));
  await Promise.all(pages.map((page) => page.frame(({ unread }) => unread)));
  expect(await read("superchat_gateway_page_sockets")).toBe(3);
  expect(await read("superchat_gateway_followed_rooms")).toBe(1);
  expect(await read("superchat_gateway_catch_ups_total")).toBe(3);
  const rising = {
    // Each page takes both messages as a run, which brings what a member counts, too.
    superchat_gateway_delivered_frames_total: 2 * 3,
    superchat_gateway_check_seconds_count: 2,
    superchat_gateway_append_seconds_count: 2,
    'superchat_gateway_append_seconds_bucket{le="30"}': 2,
    superchat_gateway_publish_seconds_count: 2,
    superchat_gateway_delivery_seconds_count: 2,
    superchat_gateway_frame_events_sum: 2,
  };
  const readAll = async (names: readonly string[]) => await Promise.all(names.map(async (name) => await read(name)));
  const before = await readAll(Object.keys(rising));

  await ana.post("lobby", "one");
  const id = Bun.randomUUIDv7();
  pages[1]!.send({ post: { id, room: "lobby", text: "two" } });
  await pages[1]!.frame(({ ack }) => ack?.id === id);
  await until(() => pages.every((page) => page.html().includes("two")), { what: "both messages everywhere" });
  expect((await ana.call("POST", "/rooms/lobby/messages", { text: "" })).status).toBe(422);
  expect((await ana.call("POST", "/rooms/nowhere/messages", { text: "three" })).status).toBe(404);

  expect(await read("superchat_gateway_sent_messages_total")).toBe(4);
  expect(await read("superchat_gateway_acked_messages_total")).toBe(2);
  expect(await read('superchat_gateway_refused_messages_total{code="invalid"}')).toBe(1);
  expect(await read('superchat_gateway_refused_messages_total{code="not-found"}')).toBe(1);
  const risen = (await readAll(Object.keys(rising))).map((value, at) => (value ?? 0) - (before[at] ?? 0));
  expect(Object.fromEntries(Object.keys(rising).map((name, at) => [name, risen[at]]))).toEqual(rising);
  expect(await read("superchat_gateway_waiting_frames")).toBe(0);

  for (const page of pages) page.close();
  await until(async () => (await read("superchat_gateway_page_sockets")) === 0, { what: "no socket" });
});

test("a page that comes back from another epoch is counted as told to read anew", async () => {
  const { metrics, read } = meter();
  await using gateway = await startGateway({ between: (ports) => ({ ...ports, metrics }) });
  const ana = await signUpPerson(gateway.url);
  const query = "?room=lobby&epoch=another&after=1";
  const page = await openLive(gateway.url, { cookie: `superchat_access=${ana.token}`, query });
  await page.frame(({ reset }) => reset);
  expect(await read("superchat_gateway_page_resets_total")).toBe(1);
});

test("the log is told which request an event came by: the request's own id, or that of the socket", async () => {
  const requests: (string | undefined)[] = [];
  await using gateway = await startGateway({
    between: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        append: async (event) => {
          if (event.type === "message.posted") requests.push(currentRequest()?.requestId);
          await ports.log.append(event);
        },
      },
    }),
  });
  const ana = await signUpPerson(gateway.url);
  const own = { "x-request-id": "from-the-proxy-1" };
  const answer = await ana.call("POST", "/rooms/lobby/messages", { text: "one" }, own);
  expect(answer.headers.get("x-request-id")).toBe("from-the-proxy-1");
  const page = await openLive(gateway.url, { cookie: `superchat_access=${ana.token}`, query: "?room=lobby" });
  for (const text of ["two", "three"]) {
    const id = Bun.randomUUIDv7();
    page.send({ post: { id, room: "lobby", text } });
    await page.frame(({ ack }) => ack?.id === id);
  }
  const [first, second, third] = requests;
  expect(first).toBe("from-the-proxy-1");
  expect(second).toMatch(/^[0-9a-f-]{36}$/);
  expect(third).toBe(second);
  page.close();
});
