/** One Redis process: a connection for commands and one for subscriptions, and which process it is. */
import { type Connection, openConnection } from "./connection.ts";
import { librarySource } from "./library.ts";

export interface Server {
  readonly commands: Connection<Commands>;
  readonly subscriber: Connection<Subscriber>;
  close(): void;
}

/** A connection for commands. */
export interface Commands {
  /** Names the process at the other end: another one has another data set, or an older copy of it. */
  readonly run: string;
  send(command: readonly string[]): Promise<unknown>;
}

/** A connection for sharded channels. */
export interface Subscriber {
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
}

/** For the operator: a connection was lost, or could not be made. Told once until it is back. */
export interface Trouble {
  readonly server: string;
  readonly reason: unknown;
}

export interface ServerEvents {
  /** One of the connections is there; that for subscriptions is still without any. */
  onUp(): void;
  onDown(trouble: Trouble): void;
  onMessage(message: string, channel: string): void;
  /** The server has given the channel's slot away: the channel is not heard here any more. */
  onMoved(channel: string): void;
}

export function openServer(url: string, events: ServerEvents): Server {
  const server = new URL(url).host;
  let told = false;
  const down = (reason: unknown) => {
    if (told) return;
    told = true;
    events.onDown({ server, reason });
  };
  const up = () => {
    told = false;
    events.onUp();
  };

  const commands = openConnection<Commands>(url, {
    onUp: up,
    onDown: down,
    async prepare(client, heard) {
      const run = runOf(await client.sendCommand<string>(["INFO"]));
      await client.sendCommand(["FUNCTION", "LOAD", "REPLACE", librarySource]);
      const send = async (command: readonly string[]) => {
        const reply = await client.sendCommand<unknown>(command);
        heard();
        return reply;
      };
      return { run, send };
    },
  });

  const subscriber = openConnection<Subscriber>(url, {
    onUp: up,
    onDown: down,
    async prepare(client, heard) {
      const listener = (message: string, channel: string) => {
        heard();
        events.onMessage(message, channel);
      };
      client.on("sharded-channel-moved", events.onMoved);
      return {
        subscribe: (channel) => client.sSubscribe(channel, listener),
        unsubscribe: (channel) => client.sUnsubscribe(channel, listener),
      };
    },
  });

  const close = () => {
    subscriber.close();
    commands.close();
  };
  return { commands, subscriber, close };
}

/** @throws Error with a sentence for the operator when this Redis can't be used */
function runOf(info: string): string {
  const fields = new Map(info.split("\r\n").map((line) => line.split(":", 2) as [string, string]));
  const policy = fields.get("maxmemory_policy") ?? "";
  if (policy.startsWith("allkeys-")) {
    throw new Error(
      `Redis may drop any key (maxmemory-policy ${policy}); set noeviction, or one that begins volatile-.`,
    );
  }
  const run = fields.get("run_id");
  if (run === undefined) throw new Error("Redis does not say its run_id.");
  return run;
}
