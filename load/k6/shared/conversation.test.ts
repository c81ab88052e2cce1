import { expect, test } from "bun:test";
import { createConversation, type Push, type Reply } from "./conversation.ts";

function talk() {
  const sent: string[] = [];
  const heard: Push[] = [];
  const conversation = createConversation({
    send: (frame) => void sent.push(frame),
    heard: (push) => void heard.push(push),
  });
  return { sent, heard, conversation };
}

test("each reply goes to its command, in whatever order and frame", () => {
  const { sent, conversation } = talk();
  const replies: [string, Reply][] = [];
  conversation.say({ connect: { token: "t" } }, (reply) => void replies.push(["connect", reply]));
  conversation.say({ history: { channel: "room:r", limit: 0 } }, (reply) => void replies.push(["history", reply]));
  expect(sent).toEqual(['{"id":1,"connect":{"token":"t"}}', '{"id":2,"history":{"channel":"room:r","limit":0}}']);
  expect(conversation.open()).toBe(2);
  conversation.take('{"id":2,"error":{"code":103,"message":"no"}}\n{"id":1,"connect":{}}');
  expect(replies.map(([what, { id }]) => [what, id])).toEqual([
    ["history", 2],
    ["connect", 1],
  ]);
  conversation.take('{"id":1,"connect":{}}');
  expect(replies).toHaveLength(2);
  expect(conversation.open()).toBe(0);
});

test("pings are answered, and pushes heard in the order of the frame", () => {
  const { sent, heard, conversation } = talk();
  const push = (offset: number) => JSON.stringify({ push: { channel: "room:r", pub: { offset, data: { id: "e" } } } });
  conversation.take(`${push(1)}\n{}\n${push(2)}`);
  expect(sent).toEqual(["{}"]);
  expect(heard.map(({ pub }) => pub?.offset)).toEqual([1, 2]);
});
