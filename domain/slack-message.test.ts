/** Payloads as programs send them, written after what each documents, and what a room shows of them. */
import { describe, expect, test } from "bun:test";
import { maxTextBytes } from "./message.ts";
import { maxAttachmentFields } from "./slack-attachment.ts";
import { maxElements } from "./slack-block.ts";
import { maxAttachments, maxBlocks, messageFromSlack } from "./slack-message.ts";
import { byteLength } from "./text.ts";

const section = (text: string, type = "mrkdwn") => ({ type: "section", text: { type, text } });

test.each([
  [
    "Alertmanager",
    {
      channel: "#alerts",
      username: "Alertmanager",
      attachments: [
        {
          title: "[FIRING:2] HighLoad (node-1)",
          title_link: "http://am.example/#/alerts?receiver=chat",
          text: "*Alert:* load is 12 &gt; 8\n*Runbook:* <https://wiki.example/load|here>",
          fallback: "[FIRING:2] HighLoad | http://am.example",
          callback_id: "",
          footer: "",
          color: "danger",
          mrkdwn_in: ["fallback", "pretext", "text"],
        },
      ],
    },
    "🔴 **[\\[FIRING:2\\] HighLoad (node-1)](http://am.example/#/alerts?receiver=chat)**\n\n**Alert:** load is 12 > 8\n**Runbook:** [here](https://wiki.example/load)",
  ],
  [
    "Grafana",
    {
      attachments: [
        {
          color: "#D63232",
          fallback: "[FIRING:1] CPU",
          title: "[FIRING:1] CPU",
          title_link: "https://grafana.example/alerting/list",
          text: "**Firing**\n\nValue: A=97.5\nLabels:\n - alertname = CPU\n",
          fields: [
            { title: "Host", value: "web_1_a", short: true },
            { title: "Count", value: 3, short: true },
          ],
          footer: "Grafana v11.1.0",
          footer_icon: "https://grafana.example/icon.png",
          ts: 1767323045,
        },
      ],
    },
    "🔴 **[\\[FIRING:1\\] CPU](https://grafana.example/alerting/list)**\n\n\\*\\*Firing\\*\\*\n\nValue: A=97.5\nLabels:\n \\- alertname = CPU\n\n**Host** web_1_a\n**Count** 3\n\nGrafana v11.1.0 · 2026-01-02 03:04 UTC",
  ],
  [
    "GitHub",
    {
      attachments: [
        {
          color: "#24292f",
          pretext: "[acme/web] Pull request opened by <https://github.example/ana|ana>",
          author_name: "ana",
          author_link: "https://github.example/ana",
          title: "#42 Use *less* memory",
          title_link: "https://github.example/acme/web/pull/42",
          text: "Closes #41 &amp; more",
          mrkdwn_in: ["text"],
        },
      ],
    },
    "[acme/web] Pull request opened by \\<https://github.example/ana|ana>\n\n[ana](https://github.example/ana)\n\n**[#42 Use \\*less\\* memory](https://github.example/acme/web/pull/42)**\n\nCloses #41 & more",
  ],
  [
    "GitLab",
    {
      text: "ana pushed to branch <https://gitlab.example/acme/web/commits/main|main> of <https://gitlab.example/acme/web|acme / web> (<https://gitlab.example/c|Compare changes>)",
      attachments: [{ text: "<https://gitlab.example/c/1|ab12cd34>: Fix _it_ - ana", color: "#345" }],
    },
    "ana pushed to branch [main](https://gitlab.example/acme/web/commits/main) of [acme / web](https://gitlab.example/acme/web) ([Compare changes](https://gitlab.example/c))\n\n[ab12cd34](https://gitlab.example/c/1): Fix _it_ - ana",
  ],
  [
    "Sentry",
    {
      text: "TypeError: x is undefined",
      blocks: [
        section(":red_circle: <https://sentry.example/1|*TypeError: x is undefined*>"),
        section("```at f (a_b.ts:1)```"),
        {
          type: "context",
          elements: [
            { type: "mrkdwn", text: "State: *New*" },
            { type: "plain_text", text: "First *seen* now" },
          ],
        },
        {
          type: "actions",
          elements: [
            { type: "button", text: { type: "plain_text", text: "Resolve" } },
            { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://sentry.example/1" },
          ],
        },
        { type: "divider" },
        { type: "image", image_url: "https://sentry.example/chart.png", alt_text: "Events an hour" },
      ],
    },
    ":red_circle: [\\*TypeError: x is undefined\\*](https://sentry.example/1)\n\n```\nat f (a_b.ts:1)\n```\n\nState: **New** First \\*seen\\* now\n\nResolve · [Open](https://sentry.example/1)\n\n---\n\n[Events an hour](https://sentry.example/chart.png)",
  ],
  [
    "Jenkins",
    {
      attachments: [
        {
          fallback: "web - #7 Success",
          color: "good",
          fields: [{ title: "", value: "web - #7 Success after 3 min (<https://ci.example/7|Open>)", short: false }],
        },
        { fallback: "only this: <https://ci.example/8|Open>" },
      ],
    },
    "🟢 web - #7 Success after 3 min ([Open](https://ci.example/7))\n\nonly this: [Open](https://ci.example/8)",
  ],
  [
    "a header, fields and an accessory",
    {
      blocks: [
        { type: "header", text: { type: "plain_text", text: "Deploy *done*" } },
        {
          type: "section",
          fields: [
            { type: "mrkdwn", text: "*Env*\nprod" },
            { type: "plain_text", text: "_by_ ana" },
          ],
          accessory: { type: "image", image_url: "https://x.example/i.png", alt_text: "logo" },
        },
        { type: "input", label: { type: "plain_text", text: "Why?" }, element: {} },
        { type: "hologram", cubes: 3 },
      ],
    },
    "**Deploy \\*done\\***\n\n**Env**\nprod\n\\_by\\_ ana\n\n[logo](https://x.example/i.png)\n\nWhy?\n\n(A block of the kind hologram that can't be shown here.)",
  ],
  [
    "rich text",
    {
      blocks: [
        {
          type: "rich_text",
          elements: [
            {
              type: "rich_text_section",
              elements: [
                { type: "text", text: "Hi " },
                { type: "text", text: "bold ", style: { bold: true } },
                { type: "text", text: "a*b", style: { code: true } },
                { type: "emoji", name: "tada" },
                { type: "link", url: "https://x.example", text: "x" },
                { type: "user", user_id: "U1" },
                { type: "broadcast", range: "here" },
              ],
            },
            {
              type: "rich_text_list",
              style: "bullet",
              elements: [
                { type: "rich_text_section", elements: [{ type: "text", text: "one" }] },
                {
                  type: "rich_text_section",
                  elements: [{ type: "text", text: "two", style: { italic: true, strike: true } }],
                },
              ],
            },
            { type: "rich_text_preformatted", elements: [{ type: "text", text: "x = *1*" }] },
            { type: "rich_text_quote", elements: [{ type: "text", text: "said\nso" }] },
          ],
        },
      ],
    },
    "Hi **bold** `a*b`:tada:[x](https://x.example)@U1@here\n\n- one\n- _~~two~~_\n\n```\nx = *1*\n```\n\n> said\n> so",
  ],
  ["Slack's own Markdown", { blocks: [{ type: "markdown", text: "**as** it _is_\n- one" }] }, "**as** it _is_\n- one"],
  ["text without marks", { text: "*a* <!here> &amp;", mrkdwn: false }, "\\*a\\* \\<!here> &"],
  [
    "plain text in a block",
    { blocks: [section("*a* <https://x.example|y>", "plain_text")] },
    "\\*a\\* \\<https://x.example|y>",
  ],
  ["a text that its blocks do not say", { text: "Build 7", blocks: [section("all good")] }, "Build 7\n\nall good"],
  ["a text that its blocks say", { text: "Build 7: done", blocks: [section("*Build 7*: done")] }, "**Build 7**: done"],
] as const)("%s", (_what, payload, expected) => {
  expect(messageFromSlack(payload)).toBe(expected);
});

const actions = (text: string) => ({
  type: "actions",
  elements: [
    {
      type: "static_select",
      placeholder: { type: "plain_text", text: "Pick" },
      options: [{ text: { type: "plain_text", text } }],
    },
  ],
});
const rich = (...texts: string[]) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: texts.map((text) => ({ type: "text", text })) }],
});

describe("text beside blocks", () => {
  test.each([
    ["Error 5", section("error 500 rate is normal")],
    ["Art", section("Service restarted on db1")],
    ["x", section("block words")],
    ["text", section("block words")],
    ["👍", section("block words")],
    ["?", section("block words")],
    ["5%", section("5 hosts")],
    ["Load 1.5", section("load 1 5")],
    ["C++ fails", section("C fails")],
    ["+ 5", section("5")],
    ["restart", actions("Restart")],
    ["error 5", section("An error"), section("5 hosts")],
    ["wiki.example", section("<https://wiki.example/load|Runbook>")],
    ["n50", ...Array.from({ length: maxBlocks + 1 }, (_, n) => section(`n${n}`))],
  ])("%s is shown where they do not say it", (text, ...blocks) => {
    expect(messageFromSlack({ text, blocks }).split("\n\n")[0]?.replaceAll("\\", "")).toBe(text);
  });

  test("a link that they do not have is not lost", () => {
    const blocks = [section("see <https://y.example|the log>")];
    expect(messageFromSlack({ text: "see <https://x.example|the log>", blocks })).toContain("https://x.example");
  });

  test.each([
    ["build 7 done", section("*Build 7*: _done_!")],
    ["“Build 7” (done).", section("Now: build 7 done, at last")],
    ["Deploy\n\nAll good", { type: "header", text: { type: "plain_text", text: "Deploy" } }, section("All good")],
    ["see <https://x.example|the log> now", section("so see <https://x.example|the log> now")],
    ["five hosts are down", rich("five hosts", " are down")],
    ["a &amp; b", section("a &amp; b")],
    ["👍", section("fine 👍")],
    [" \n", section("fine")],
  ])("%j is left out where they do", (text, ...blocks) => {
    expect(messageFromSlack({ text, blocks })).toBe(messageFromSlack({ blocks }));
  });
});

describe("what has nothing to show, or the wrong shape", () => {
  test.each([
    {},
    { text: "" },
    { text: null, blocks: null, attachments: "x" },
    { blocks: [null, 7, "x", []].slice(0, 0) },
    { attachments: [{}, null, { fields: [{}] }] },
    { attachments: [{ color: "danger" }] },
  ])("%j is empty", (payload) => expect(messageFromSlack(payload)).toBe(""));

  test.each([
    { blocks: [{ type: "section", text: 5, fields: "x" }, { type: "__proto__" }, { type: "toString" }], text: "here" },
    { attachments: [{ text: { a: 1 }, title: ["x"], ts: "soon", mrkdwn_in: "text" }], text: "here" },
  ])("%j is passed over", (payload) => expect(messageFromSlack(payload)).toContain("here"));
});

describe("budgets", () => {
  const many = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n));

  test("as many blocks, attachments, fields and elements as may be, and not one more", () => {
    const cases: [number, (count: number) => object][] = [
      [maxBlocks, (count) => ({ blocks: many(count, (n) => section(`n${n}`)) })],
      [maxAttachments, (count) => ({ attachments: many(count, (n) => ({ text: `n${n}` })) })],
      [maxAttachmentFields, (count) => ({ attachments: [{ fields: many(count, (n) => ({ value: `n${n}` })) }] })],
      [
        maxElements,
        (count) => ({
          blocks: [{ type: "context", elements: many(count, (n) => ({ type: "mrkdwn", text: `n${n}` })) }],
        }),
      ],
    ];
    for (const [max, payload] of cases) {
      const most = messageFromSlack(payload(max) as never);
      expect([most.includes(`n${max - 1}`), most.includes("…")]).toEqual([true, false]);
      const more = messageFromSlack(payload(max + 1) as never);
      expect([more.includes(`n${max - 1}`), more.includes(`n${max}`), more.endsWith("…")]).toEqual([true, false, true]);
    }
  });

  const long = "*a_b* <https://x.example|y> ``` ` é > ".repeat(1_700);
  test.each([
    ["text", { text: long }],
    ["a section", { blocks: [section(long)] }],
    ["an attachment", { attachments: [{ title: long, text: long, pretext: long }] }],
    [
      "fields",
      {
        attachments: [
          {
            color: "good",
            fields: [
              { title: long, value: long },
              { title: "x", value: long },
            ],
          },
        ],
      },
    ],
    [
      "a context",
      { blocks: [{ type: "context", elements: many(40, () => ({ type: "mrkdwn", text: long.slice(0, 1_600) })) }] },
    ],
    [
      "rich text",
      {
        blocks: [
          {
            type: "rich_text",
            elements: many(3, (n) => ({
              type: ["rich_text_section", "rich_text_quote", "rich_text_preformatted"][n],
              elements: many(400, () => ({ type: "text", text: "a\n*b* ".repeat(10), style: { bold: true } })),
            })),
          },
        ],
      },
    ],
    ["Markdown", { blocks: [{ type: "markdown", text: long }] }],
  ])("%s that is too long is cut, within the size of a message", (_what, payload) => {
    const startedAt = performance.now();
    const text = messageFromSlack(payload as never);
    expect(byteLength(text)).toBeLessThanOrEqual(maxTextBytes);
    expect(text).toContain("…");
    expect(byteLength(text)).toBeGreaterThan(1_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
