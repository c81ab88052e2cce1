/** The JSON of the Centrifuge client protocol as it goes out: replies, publications, pushes. Each is made once, whoever many it goes to. */
import type { RoomEvent } from "#domain/events.ts";
import type { RoomId } from "#domain/ids.ts";
import type { Position } from "#domain/room.ts";
import type { Author } from "#domain/user.ts";
import type { GrownSignal } from "../growing.ts";
import { roomChannel, userChannel } from "./channels.ts";
import type { End, ReplyError } from "./codes.ts";

/**
 * Largest frame of publications, in bytes, unless a single one is larger. Clients have limits of their own: the one for Python takes
 * frames up to a mebibyte.
 */
export const maxSentFrameBytes = 256 * 1024;

/** Both ways: a sign of life. */
export const emptyFrame = "{}";

export type ResultName =
  | "connect"
  | "refresh"
  | "subscribe"
  | "unsubscribe"
  | "publish"
  | "presence"
  | "presence_stats"
  | "history"
  | "rpc"
  | "ping";

export function resultReply(id: number, name: ResultName, result: unknown): string {
  return `{"id":${id},"${name}":${JSON.stringify(result)}}`;
}

export function errorReply(id: number, error: ReplyError): string {
  return JSON.stringify({ id, error });
}

/** An event as a publication. */
export function publicationJson(event: RoomEvent): string {
  return `{"data":${JSON.stringify(event)},"info":${JSON.stringify(infoOf(event.author))},"offset":${event.offset}}`;
}

/** Who wrote or is here. A person is one client, however many connections they have. */
export function infoOf({ id, name }: Author) {
  return { user: id, client: id, conn_info: { name } };
}

/** Live events of a room for all its subscribers. */
export function publicationFrames(room: RoomId, events: readonly RoomEvent[]): readonly string[] {
  return publicationPushes(room, events.map(publicationJson));
}

/** Publications that were made before, as frames that are not too large. */
export function publicationPushes(room: RoomId, publications: readonly string[]): readonly string[] {
  const before = `{"push":{"channel":"${roomChannel(room)}","pub":`;
  return framesOf(publications.map((publication) => `${before}${publication}}}`));
}

/** Replies or pushes share frames, separated by newlines. */
export function framesOf(lines: readonly string[]): readonly string[] {
  const frames: string[] = [];
  let bytes = 0;
  let frame: string[] = [];
  for (const line of lines) {
    const own = Buffer.byteLength(line) + 1;
    if (frame.length > 0 && bytes + own > maxSentFrameBytes) {
      frames.push(frame.join("\n"));
      frame = [];
      bytes = 0;
    }
    frame.push(line);
    bytes += own;
  }
  if (frame.length > 0) frames.push(frame.join("\n"));
  return frames;
}

/** Many that come back together are given the same run: it is counted once, for as long as somebody keeps it. */
const countedRuns = new WeakMap<readonly string[], number>();

export function bytesOfRun(publications: readonly string[]): number {
  const known = countedRuns.get(publications);
  if (known !== undefined) return known;
  const bytes = publications.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  countedRuns.set(publications, bytes);
  return bytes;
}

/** The first of these: as many as fit, one at least. */
export function fitting(publications: readonly string[], maxBytes: number): readonly string[] {
  if (bytesOfRun(publications) <= maxBytes) return publications;
  let bytes = 0;
  const end = publications.findIndex((publication, index) => {
    bytes += Buffer.byteLength(publication);
    return index > 0 && bytes > maxBytes;
  });
  return end === -1 ? publications : publications.slice(0, end);
}

export interface SubscribeReply {
  readonly position: Position;
  /** Undefined when the client did not ask to recover. */
  readonly recovered: boolean | undefined;
  /** As publicationJson makes them. */
  readonly publications: readonly string[];
}

export function subscribeReply(id: number, { position, recovered, publications }: SubscribeReply): string {
  const { epoch, offset } = position;
  const head = { recoverable: true, positioned: true, epoch, offset };
  const result = recovered === undefined ? head : { ...head, recovered, was_recovering: true };
  return `{"id":${id},"subscribe":${withPublications(result, publications)}}`;
}

/** @param publications as publicationJson makes them */
export function historyReply(id: number, { epoch, offset }: Position, publications: readonly string[]): string {
  return `{"id":${id},"history":${withPublications({ epoch, offset }, publications)}}`;
}

/** A text in the room has grown. Without an offset: the event that ends it says everything. */
export function grownPush(room: RoomId, { message, at, piece, note }: GrownSignal): string {
  const data = { type: "message.grown", room, message, at, piece, note };
  return JSON.stringify({ push: { channel: roomChannel(room), pub: { data } } });
}

export function unsubscribePush(room: RoomId, { code, reason }: End): string {
  return JSON.stringify({ push: { channel: roomChannel(room), unsubscribe: { code, reason } } });
}

/** News of a person's own, without an offset: what is missed is read anew. */
export function userNews(user: string, data: unknown): string {
  return JSON.stringify({ push: { channel: userChannel(user), pub: { data } } });
}

function withPublications(result: object, publications: readonly string[]): string {
  if (publications.length === 0) return JSON.stringify(result);
  return `${JSON.stringify(result).slice(0, -1)},"publications":[${joined(publications)}]}`;
}

/** Thousands that come back together are given the same run: it is put together once, for as long as somebody keeps it. */
const joinedRuns = new WeakMap<readonly string[], string>();

function joined(publications: readonly string[]): string {
  const known = joinedRuns.get(publications);
  if (known !== undefined) return known;
  const text = publications.join(",");
  joinedRuns.set(publications, text);
  return text;
}
