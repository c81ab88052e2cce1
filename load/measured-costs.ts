/** What `npm run bench -- growing` has measured: 2026-11-22, two shared cores, nothing else on the machine. docs/operating.md says more. */
import type { Costs } from "./needs.ts";

export const measuredCosts: Costs = {
  gateway: {
    idleSecond: 10_527,
    silentSecond: 1.02,
    send: 1_559,
    take: 0,
    write: 7.18,
    delivery: 0.211,
  },
  services: {
    redis: {
      idleSecond: 4_084,
      silentSecond: 0.236,
      message: 225,
      take: 1.87,
    },
    writer: 373,
    kafka: 424,
    postgres: 825,
  },
  gatewayMiB: 115,
  connectionKiB: 6.18,
  postgresBytes: 1_114,
  kafkaBytes: 724,
  redisBytes: 866,
};
