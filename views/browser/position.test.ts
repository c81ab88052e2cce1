/** What a run of entries may do to a page that stands somewhere in the log. */
import { expect, test } from "bun:test";
import { judge, resumeUrl } from "./position.ts";

const position = { room: "r", epoch: "e", shown: 10 };
const run = (from: number, to: number, epoch = "e", room = "r") => ({ room, epoch, from, to });

test("a run that follows is shown, one seen before is dropped, an overlap is cut, a gap is refused", () => {
  expect(judge(position, run(11, 12))).toBe("show");
  expect(judge(position, run(9, 10))).toBe("drop");
  expect(judge(position, run(10, 11))).toBe("cut");
  expect(judge(position, run(12, 12))).toBe("hole");
});

test("another room's run is dropped, another epoch's offsets are never taken as ours", () => {
  expect(judge(position, run(11, 11, "e", "other"))).toBe("drop");
  expect(judge(position, run(11, 11, "later"))).toBe("hole");
});

test("the socket resumes right after what was shown", () => {
  expect(resumeUrl("ws://host/live?room=r&epoch=old&after=3", position)).toBe("ws://host/live?room=r&epoch=e&after=10");
  expect(resumeUrl("ws://host/live", undefined)).toBe("ws://host/live");
});
