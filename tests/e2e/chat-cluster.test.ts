/** The same pages on the cluster: two gateways behind nginx, Redis, Kafka, a writer and Postgres. */
import { startCluster } from "../support/cluster.ts";
import { chatSuite } from "./chat.suite.ts";

chatSuite("cluster", async () => {
  const cluster = await startCluster();
  const gateways = (await cluster.processes("gateway")).map(({ name }) => name);
  return {
    url: cluster.url,
    kill: async () => void (await Promise.all(gateways.map((name) => cluster.kill(name)))),
    restart: async () => void (await Promise.all(gateways.map((name) => cluster.start(name)))),
    stop: cluster.stop,
  };
});
