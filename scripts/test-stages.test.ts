import { expect, test } from "bun:test";
import { type StageName, stageOf } from "./test-stages.ts";

test.each<[string, StageName]>([
  ["domain/room.test.ts", "unit"],
  ["scripts/test-report.test.ts", "unit"],
  ["standalone.test.ts", "unit"],
  ["tests/support/wait.test.ts", "unit"],
  ["tests/tidy.test.ts", "check"],
  ["tests/contract/memory.test.ts", "contract"],
  ["tests/services/nginx.test.ts", "services"],
  ["tests/integration/api-rooms.test.ts", "integration"],
  ["tests/delivery/faults/kill.test.ts", "delivery"],
  ["tests/upgrade/last-release.test.ts", "upgrade"],
  ["tests/e2e/browser.test.ts", "e2e"],
])("%s belongs to %s", (path, stage) => {
  expect(stageOf(path)).toBe(stage);
});
