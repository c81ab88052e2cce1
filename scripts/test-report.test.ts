import { describe, expect, test } from "bun:test";
import { closingLines, readJunit, tallyBunRun } from "./test-report.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="3" failures="1" skipped="2" time="0.1">
  <testsuite name="a.test.ts" file="a.test.ts" tests="4" failures="1" skipped="2">
    <testsuite name="outer" file="a.test.ts" line="2" tests="3">
      <testcase name="ok" classname="inner &lt;&amp;&gt; &gt; outer" time="0.1" file="a.test.ts" line="2" assertions="0" />
      <testcase name="bad &quot;q&quot;" classname="outer" time="0.1" file="a.test.ts" line="2" assertions="1">
        <failure type="AssertionError" message="&lt;testcase name=&quot;not one&quot; /&gt;">Expected: &quot;1&quot;&#10;&#10;at a.test.ts:2:31</failure>
      </testcase>
      <testcase name="later" classname="" time="0" file="a.test.ts" line="3" assertions="0">
        <skipped />
      </testcase>
    </testsuite>
  </testsuite>
  <testsuite name="b.test.ts" file="b.test.ts" tests="1">
    <testcase name="fine" classname="" time="0.1" file="b.test.ts" line="1" assertions="1" />
  </testsuite>
</testsuites>`;

test("reads names, groups and outcomes", () => {
  expect(readJunit(report)).toEqual([
    { file: "a.test.ts", name: "outer > inner <&> > ok", outcome: "passed" },
    { file: "a.test.ts", name: 'outer > bad "q"', outcome: "failed", why: 'Expected: "1"\n\nat a.test.ts:2:31' },
    { file: "a.test.ts", name: "later", outcome: "skipped" },
    { file: "b.test.ts", name: "fine", outcome: "passed" },
  ]);
});

describe("a run", () => {
  const output =
    "\na.test.ts:\n\u001b[32m(pass)\u001b[0m outer > fine\u001b[2m [0.10ms]\u001b[0m\n(fail) bad\n\nb.test.ts:\n";
  const whole = '<testcase name="fine" classname="" file="b.test.ts" />';

  test("passes when every file reported and nothing failed", () => {
    expect(tallyBunRun({ files: ["b.test.ts"], report: whole, output, exitCode: 0 })).toEqual({
      passed: 1,
      failures: [],
    });
  });

  test("names what passed only when it was run again", () => {
    const again =
      "\nb.test.ts:\n(pass) g > fine (x) (attempt 2) [0.10ms]\n(pass) good [1.00ms]\n(fail) bad (attempt 2)\n";
    expect(tallyBunRun({ files: ["b.test.ts"], report: whole, output: again, exitCode: 0 })).toEqual({
      passed: 1,
      failures: [],
      retried: ["b.test.ts: g > fine (x)"],
    });
  });

  test("counts what failed and what was left out", () => {
    expect(tallyBunRun({ files: ["a.test.ts", "b.test.ts"], report, output, exitCode: 1 })).toEqual({
      passed: 2,
      failures: [
        'a.test.ts: outer > bad "q"\n    Expected: "1"\n    at a.test.ts:2:31',
        "a.test.ts: later (left out: skipped or todo)",
      ],
    });
  });

  test("counts a file that did not load", () => {
    expect(tallyBunRun({ files: ["b.test.ts", "c.test.ts"], report: whole, output, exitCode: 1 })).toEqual({
      passed: 1,
      failures: ["c.test.ts: no test ran in this file"],
    });
  });

  test("counts an exit code that no test explains", () => {
    expect(tallyBunRun({ files: ["b.test.ts"], report: whole, output, exitCode: 7 }).failures).toEqual([
      "the run ended with exit code 7",
    ]);
  });

  test("goes by the output when it broke off, also with exit code 0", () => {
    expect(tallyBunRun({ files: ["a.test.ts", "b.test.ts"], report: undefined, output, exitCode: 0 })).toEqual({
      passed: 1,
      failures: ["a.test.ts: bad", "the run broke off with exit code 0, in b.test.ts"],
    });
  });

  test("says where it was when its time was over", () => {
    const ended = { files: ["b.test.ts"], report: undefined, output: "", exitCode: null, limitSeconds: 60 };
    expect(tallyBunRun(ended)).toEqual({ passed: 0, failures: ["the run took longer than 60 s, in no file yet"] });
    expect(tallyBunRun({ ...ended, report: whole, output })).toEqual({
      passed: 1,
      failures: ["the run took longer than 60 s, in b.test.ts"],
    });
  });
});

test("closes with names, a table and the sum", () => {
  const lines = closingLines([
    { stage: "check", passed: 4, failures: [], seconds: 1.25 },
    { stage: "unit", passed: 9, failures: ["x.test.ts: y", "z"], seconds: 0.2 },
  ]);
  expect(lines).toEqual([
    "failed: unit: x.test.ts: y",
    "failed: unit: z",
    "",
    "stage   passed   failed  seconds",
    "check        4        0      1.3",
    "unit         9        2      0.2",
    "",
    "13 passed, 2 failed",
  ]);
});
