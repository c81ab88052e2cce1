/** Requests as bytes, as no well-behaved client sends them. */
import { connect } from "node:net";

/** Given up after this without an end of the answer. */
const answerWithinMs = 10_000;

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly text: string;
}

/** @param head with "\n" for each end of a line; "Connection: close" is for the caller to add */
export async function sendRaw(port: number, head: string): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const connection = connect(port, "127.0.0.1", () =>
      connection.write(Buffer.from(head.replaceAll("\n", "\r\n"), "latin1")),
    );
    const end = setTimeout(() => connection.destroy(new Error("no answer in time")), answerWithinMs);
    let text = "";
    connection.setEncoding("latin1").on("data", (part) => {
      text += part;
      // Told its length, it may be over before the connection is.
      const [top = "", body] = text.split(/\r\n\r\n(.*)/s);
      const length = /^content-length: (\d+)/im.exec(top)?.[1];
      if (body !== undefined && length !== undefined && body.length >= Number(length)) connection.end();
    });
    connection.on("close", () => {
      clearTimeout(end);
      resolve({ status: Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
    connection.on("error", (error) => {
      clearTimeout(end);
      reject(error);
    });
  });
}

const secret = `superchat_hook_${"Zm9vYmFyYmF6cXV4".repeat(3).slice(0, 43)}`;
export const rawSecret = secret;

const hosts = [
  "a b",
  "[",
  "%",
  "",
  "a/b",
  "a?b",
  "a#b",
  "u:p@a",
  "a:99999",
  "a:x",
  "[::1",
  "a,b",
  "\xe9\xff",
  "a\\b",
  "a\tb",
  "<a>",
];

/** What is refused, with what it is; each may hold a webhook's secret in its address. */
export const malformedRequests: readonly (readonly [what: string, head: string])[] = [
  ...hosts.flatMap((host) =>
    ["GET /", "GET /rooms/lobby", "POST /api/v1/sessions", `POST /hooks/${secret}`, "GET /live", "GET /healthz"].map(
      (line) =>
        [
          `Host ${JSON.stringify(host)}: ${line.slice(0, 20)}`,
          `${line} HTTP/1.1\nHost: ${host}\nConnection: close\n\n`,
        ] as const,
    ),
  ),
  ["no Host", `GET /hooks/${secret} HTTP/1.1\nConnection: close\n\n`],
  ["no Host in HTTP/1.0", `POST /hooks/${secret} HTTP/1.0\nContent-Length: 0\n\n`],
  ["two Hosts", `GET /hooks/${secret} HTTP/1.1\nHost: a\nHost: b\nConnection: close\n\n`],
  ["a target that is no path", `GET hooks/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["a backslash", `GET \\hooks\\${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["an asterisk", "OPTIONS * HTTP/1.1\nHost: a\nConnection: close\n\n"],
  ["CONNECT", "CONNECT a:443 HTTP/1.1\nHost: a:443\nConnection: close\n\n"],
  ["TRACE", `TRACE /hooks/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["a double slash", `GET //hooks/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["a double slash before a bad host", `GET //[/hooks/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  [
    "an absolute target elsewhere",
    `GET http://elsewhere.example/no/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`,
  ],
  ["an absolute target with a bad host", `GET http://[/no/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["NUL in the path", `GET /%00${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["what is not UTF-8 in the path", `GET /%ff/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["what is not UTF-8 in a room", `GET /api/v1/rooms/%ff%fe/messages HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["half an escape", `GET /rooms/%/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["raw bytes in the path", `GET /\xff\xfe/${secret} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["a very long path", `GET /${"a".repeat(40_000)} HTTP/1.1\nHost: a\nConnection: close\n\n`],
  ["a very long header", `GET /hooks/${secret} HTTP/1.1\nHost: a\nX: ${"y".repeat(40_000)}\nConnection: close\n\n`],
  ["very many headers", `GET /hooks/${secret} HTTP/1.1\nHost: a\n${"X-Y: z\n".repeat(8_000)}Connection: close\n\n`],
  ["no version", `GET /hooks/${secret}\n\n`],
  ["a length that is none", `POST /hooks/${secret} HTTP/1.1\nHost: a\nContent-Length: -1\nConnection: close\n\n`],
  [
    "two lengths",
    `POST /hooks/${secret} HTTP/1.1\nHost: a\nContent-Length: 1\nContent-Length: 2\nConnection: close\n\nab`,
  ],
  [
    "a length and chunks",
    `POST /hooks/${secret} HTTP/1.1\nHost: a\nContent-Length: 1\nTransfer-Encoding: chunked\nConnection: close\n\n0\n\n`,
  ],
  [
    "an unknown transfer encoding",
    `POST /hooks/${secret} HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\nConnection: close\n\n`,
  ],
  ["no HTTP at all", "\x16\x03\x01\x02\x00\n\n"],
];
