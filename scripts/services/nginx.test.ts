import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { gatewaysConf, keptGatewaysConf, listenConf, probedGatewaysConf } from "./nginx.ts";

test("every gateway is a line, and none is ever given up", () => {
  expect(gatewaysConf(["127.0.0.1:4001", "gateway-2:3000"])).toBe(
    "server 127.0.0.1:4001 max_fails=0;\nserver gateway-2:3000 max_fails=0;\n",
  );
});

test("where one may be given up, it is for a moment, and no two have the same weight", () => {
  expect(probedGatewaysConf(["127.0.0.1:4001", "gateway-2:3000"])).toBe(
    "server 127.0.0.1:4001 weight=1000 max_fails=1 fail_timeout=1s;\n" +
      "server gateway-2:3000 weight=1001 max_fails=1 fail_timeout=1s;\n",
  );
});

test("the one that has answered is asked over kept connections", () => {
  expect(keptGatewaysConf(["127.0.0.1:4001", "127.0.0.1:4002"])).toBe(
    "upstream kept-1 { server 127.0.0.1:4001; include kept.conf; }\n" +
      "upstream kept-2 { server 127.0.0.1:4002; include kept.conf; }\n" +
      "map $answering $kept {\n  default $answering;\n  127.0.0.1:4001 kept-1;\n  127.0.0.1:4002 kept-2;\n}\n",
  );
});

test("it listens where it is told, on IPv6 too, with limits or without", () => {
  expect(listenConf({ host: "127.0.0.1", port: 8080, limits: true })).toBe(
    "listen 127.0.0.1:8080 backlog=4096 so_keepalive=on;\nset $limits on;\n",
  );
  expect(listenConf({ host: "::1", port: 80, limits: false })).toContain("listen [::1]:80 ");
  expect(listenConf({ host: "::1", port: 80, limits: false })).toContain("set $limits off;");
});

test("the page that nginx shows by itself may use its own style", async () => {
  const text = await Bun.file(`${import.meta.dir}/../../nginx/own-page.conf`).text();
  const [, style = ""] = /<style>(.*?)<\/style>/.exec(text) ?? [];
  expect(text).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
});
