/** What benches of sockets need of a cluster of two or more gateways: rooms, people who are in all of them, and each gateway's own address. */
import { type ApiPerson, freshName, signUpPerson } from "../tests/support/api-person.ts";
import type { ClusterProcess, TestCluster } from "../tests/support/cluster.ts";

export interface OneGateway {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Its own, not nginx's. */
  readonly url: string;
}

export interface Place {
  readonly owner: ApiPerson;
  readonly people: readonly ApiPerson[];
  readonly tokens: readonly string[];
  readonly rooms: readonly string[];
  readonly first: OneGateway;
  readonly second: OneGateway;
  readonly gateways: readonly OneGateway[];
}

export async function openPlace(
  cluster: TestCluster,
  { people, rooms }: { readonly people: number; readonly rooms: number },
): Promise<Place> {
  const gateways = await gatewaysAt(cluster);
  const everyone: ApiPerson[] = [];
  for (let n = 0; n < people; n++) everyone.push(await signUpPerson(cluster.url));
  const [owner] = everyone as [ApiPerson];
  const ids: string[] = [];
  for (let n = 0; n < rooms; n++) ids.push((await owner.createRoom(freshName("bench"))).id);
  for (const person of everyone) for (const room of ids) await person.call("PUT", `/rooms/${room}/members/me`);
  return { owner, people: everyone, tokens: everyone.map(({ token }) => token), rooms: ids, ...gateways };
}

/** The same place with new processes: what signing everybody up has left in the old ones is nothing that connections take. */
export async function startGatewaysAnew(cluster: TestCluster, place: Place): Promise<Place> {
  for (const { name } of place.gateways) {
    await cluster.kill(name, "SIGTERM");
    await cluster.start(name);
  }
  return { ...place, ...(await gatewaysAt(cluster)) };
}

async function gatewaysAt(cluster: TestCluster): Promise<Pick<Place, "first" | "second" | "gateways">> {
  const gateways = (await cluster.processes("gateway")).map(ownAddress);
  const [first, second] = gateways;
  if (first === undefined || second === undefined) throw new Error("There are not two gateways.");
  return { first, second, gateways };
}

function ownAddress({ name, pid, port }: ClusterProcess): OneGateway {
  return { name, pid, port, url: `http://127.0.0.1:${port}` };
}
