/**
 * Who is answered next: rooms take turns, a room's questions stay in order. Knows nothing of what a job is.
 */

/** Questions that wait in one room. */
export const maxWaitingPerRoom = 5;
/** Questions that wait in all rooms together. */
export const maxWaiting = 100;

export interface Queue<Job> {
  /** Too many wait: in the room, or in all. */
  isFull(room: string): boolean;
  /** Takes it even when it is full: what was begun is not refused any more. */
  add(room: string, job: Job): void;
  /** The next job, of the room that has waited longest for its turn. */
  take(): Job | undefined;
  /** How many come before a job; undefined when it does not wait. */
  placeOf(job: Job): number | undefined;
  remove(job: Job): boolean;
  size(): number;
  jobs(): readonly Job[];
}

export function createQueue<Job>({ perRoom = maxWaitingPerRoom, inAll = maxWaiting } = {}): Queue<Job> {
  /** In the order of their turns. */
  const rooms = new Map<string, Job[]>();
  const size = () => [...rooms.values()].reduce((sum, jobs) => sum + jobs.length, 0);

  /** One of each room, then the second of each, and so on: the order in which they will be taken. */
  function jobs(): readonly Job[] {
    const lists = [...rooms.values()];
    const longest = Math.max(0, ...lists.map((list) => list.length));
    return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
  }

  return {
    isFull: (room) => (rooms.get(room)?.length ?? 0) >= perRoom || size() >= inAll,
    add(room, job) {
      const waiting = rooms.get(room) ?? [];
      waiting.push(job);
      rooms.set(room, waiting);
    },
    take() {
      const [turn] = rooms;
      if (turn === undefined) return undefined;
      const [room, waiting] = turn;
      const job = waiting.shift();
      rooms.delete(room);
      if (waiting.length > 0) rooms.set(room, waiting);
      return job;
    },
    placeOf(job) {
      const place = jobs().indexOf(job);
      return place < 0 ? undefined : place;
    },
    remove(job) {
      for (const [room, waiting] of rooms) {
        const at = waiting.indexOf(job);
        if (at < 0) continue;
        waiting.splice(at, 1);
        if (waiting.length === 0) rooms.delete(room);
        return true;
      }
      return false;
    },
    size,
    jobs,
  };
}
