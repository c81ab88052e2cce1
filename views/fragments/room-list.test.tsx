/** The sidebar's list: names and signs of all kinds of rooms, badges, and the attributes browser code counts by. */
import { describe, expect, test } from "bun:test";
import type { RoomId } from "#domain/ids.ts";
import { maxUnread } from "#domain/room.ts";
import { ana, bo, sampleJoined, sampleUser } from "../sample-room.ts";
import { RoomList } from "./room-list.tsx";

const words = (html: string): string => html.replace(/<[^>]*>/g, "").replace(/\s+/g, " ");

describe("the list of rooms", () => {
  test("links to each room with what browser code needs", () => {
    const joined = sampleJoined({ slug: "größe" });
    const html = String(<RoomList rooms={[joined]} current={joined.room.id} viewer={ana} />);
    expect(html).toStartWith('<ul id="rooms">');
    expect(html).toContain(
      `<li data-room="${joined.room.id}" data-read="4"><a href="/rooms/gr%C3%B6%C3%9Fe" aria-current="page">`,
    );
    expect(String(<RoomList rooms={[joined]} current={"x" as RoomId} />)).not.toContain("aria-current");
  });

  test("counts up to 99+ and hides zero", () => {
    const list = (unread: number, mentions: number): string =>
      String(<RoomList rooms={[sampleJoined({}, { unread, mentions })]} />);
    expect(list(0, 0).match(/class="badge (unread|mention)" title="[^"]*" hidden/g)).toHaveLength(2);
    expect(list(3, 1)).toContain('<span class="badge unread" title="unread">3</span>');
    expect(list(3, 1)).toContain('<span class="badge mention" title="mentions of you">1</span>');
    expect(list(99, 0)).toContain(">99</span>");
    expect(list(maxUnread, maxUnread).match(/>99\+<\/span>/g)).toHaveLength(2);
  });

  test("signs public, private and direct rooms, and names a direct one after the other", () => {
    const online = new Set([bo.id]);
    const list = (...rooms: Parameters<typeof sampleJoined>[]): string =>
      String(<RoomList rooms={rooms.map((room) => sampleJoined(...room))} viewer={ana} online={online} />);
    expect(words(list([{}]))).toStartWith("# garden");
    expect(list([{ visibility: "private" }])).toContain("<svg");
    expect(words(list([{ visibility: "private" }]))).toStartWith("private garden");
    expect(list([{ visibility: "direct" }, { peer: bo }])).toContain(`data-user="${bo.id}" data-online="true"`);
    expect(words(list([{ visibility: "direct" }, { peer: bo }]))).toContain("Direct messages bo");
    expect(words(list([{ visibility: "direct" }, { peer: ana }]))).toContain("ana (you)");
    expect(words(list([{ visibility: "direct" }]))).toContain("ana (you)");
  });

  test("says what to do when it is empty, and escapes names", () => {
    expect(String(<RoomList rooms={[]} />)).toContain('<a href="/rooms">');
    const evil = sampleJoined({ name: "<b>x", slug: '"><b>' }, { peer: sampleUser(9, "<b>y") });
    const direct = { ...evil, room: { ...evil.room, visibility: "direct" as const } };
    expect(String(<RoomList rooms={[evil, direct]} viewer={ana} />)).not.toContain("<b>");
  });
});
