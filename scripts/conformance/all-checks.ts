/** All checks, in the order they run. */
import type { Check } from "./check.ts";
import { ackChecks } from "./checks/acks.ts";
import { closedDoorChecks } from "./checks/closed-doors.ts";
import { deletionChecks } from "./checks/deletions.ts";
import { editChecks } from "./checks/edits.ts";
import { errorChecks } from "./checks/errors.ts";
import { leavingChecks } from "./checks/leaving.ts";
import { limitChecks } from "./checks/limits.ts";
import { onceChecks } from "./checks/once.ts";
import { orderChecks } from "./checks/order.ts";
import { replyChecks } from "./checks/replies.ts";
import { resumeChecks } from "./checks/resume.ts";
import { signInChecks } from "./checks/sign-ins.ts";

export const checks: readonly Check[] = [
  ...ackChecks,
  ...onceChecks,
  ...orderChecks,
  ...replyChecks,
  ...editChecks,
  ...deletionChecks,
  ...resumeChecks,
  ...closedDoorChecks,
  ...leavingChecks,
  ...limitChecks,
  ...errorChecks,
  ...signInChecks,
];
