/** What a big busy room does to the small ones on its gateway. */
import { startCluster } from "../tests/support/cluster.ts";
import { openBystanders } from "./bystanders.ts";
import { centrifugeDialect } from "./dialects.ts";
import type { Figure } from "./figure.ts";
import { openPlace } from "./place.ts";
import { postsOf, startPoster } from "./posting.ts";
import { openSwarm } from "./swarm.ts";

const members = 5_000;
const perSecond = 40;
const people = 20;
const small = 5;
const seconds = 10;

export async function measureSmallRooms(): Promise<readonly Figure[]> {
  await using cluster = await startCluster({ gateways: 2, writers: 1, env: { LOG_LEVEL: "error" } });
  const place = await openPlace(cluster, { people, rooms: 1 + small });
  const { second, owner, tokens } = place;
  const [big = "", ...others] = place.rooms;
  await using bystanders = await openBystanders(place, others);
  await bystanders.chat(seconds);
  const calm = await bystanders.heard();
  await using poster = await startPoster();
  const post = postsOf(poster, { url: second.url, token: owner.token, rooms: [big], perSecond });
  const crowd = await openSwarm({
    port: second.port,
    size: members,
    dialect: centrifugeDialect([{ room: big }], tokens),
  });
  await post(2);
  await bystanders.heard();
  await Promise.all([post(seconds), bystanders.chat(seconds)]);
  const meanwhile = await bystanders.heard();
  const troubles = [...crowd.troubles, ...meanwhile.troubles];
  crowd.close();
  if (troubles.length > 0) throw new Error(`not as it should be: ${troubles.join("; ")}`);
  const how = `while a room of ${members.toLocaleString("en")} on that gateway has ${perSecond} messages a second`;
  return [
    { what: "small rooms, p50", value: calm.p50, unit: "ms" },
    { what: "small rooms, p99", value: calm.p99, unit: "ms" },
    { what: `${how}, p50`, value: meanwhile.p50, unit: "ms" },
    { what: `${how}, p99`, value: meanwhile.p99, unit: "ms" },
  ];
}
