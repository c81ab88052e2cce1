/** What `npm run bench -- growing` has measured: commit 2fef5de, 2026-11-21, two shared cores, load 10.6 to 13.1 by other work. */
import type { Costs } from "./needs.ts";

export const measuredCosts: Costs = {
  gateway: {
    idleSecond: 5_267,
    silentSecond: 1.98,
    send: 795,
    take: 73.5,
    write: 6.56,
    delivery: 0,
  },
  services: {
    redis: {
      idleSecond: 1_971,
      silentSecond: 0.418,
      message: 94.3,
      take: 8.28,
    },
    writer: 121,
    kafka: 130,
    postgres: 201,
  },
  gatewayMiB: 114,
  connectionKiB: 6.14,
  postgresBytes: 1_122,
  kafkaBytes: 702,
  redisBytes: 878,
};
