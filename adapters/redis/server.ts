/** One Redis process: a connection for commands and one for subscriptions, and what has to be done before they are used. */
import { type Client, type Connection, openConnection } from "./connection.ts";
import { createLease } from "./lease.ts";
import { librarySource } from "./library.ts";

export interface Server {
  readonly commands: Connection<Commands>;
  readonly subscriber: Connection<Subscriber>;
  close(): void;
}

/** A connection for commands. */
export interface Commands {
  send(command: Command): Promise<unknown>;
}

/** Some words depend on the server that gets them: until when, by its clock in microseconds, it may do ahead of the writer what they say. */
export type Command = readonly string[] | ((leaseUntil: string) => readonly string[]);

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
  const lease = createLease();
  const down = (reason: unknown) => {
    if (told) return;
    told = true;
    events.onDown({ server, reason });
  };
  const up = () => {
    told = false;
    events.onUp();
  };

  const renew = async (client: Client) => {
    const [seconds, micros] = await client.sendCommand<readonly string[]>(["TIME"]);
    lease.renew(Number(seconds) * 1_000_000 + Number(micros));
  };

  const commands = openConnection<Commands>(url, {
    onUp: up,
    onDown(reason) {
      lease.lost();
      down(reason);
    },
    ask: renew,
    async prepare(client, { heard }) {
      refuseUnsafe(await client.sendCommand<string>(["INFO", "memory"]));
      await client.sendCommand(["FUNCTION", "LOAD", "REPLACE", librarySource]);
      await renew(client);
      const send = async (command: Command) => {
        const words = typeof command === "function" ? command(`${lease.until()}`) : command;
        const reply = await client.sendCommand<unknown>(words);
        heard();
        return reply;
      };
      return { send };
    },
  });

  const subscriber = openConnection<Subscriber>(url, {
    onUp: up,
    onDown: down,
    ask: (client) => client.ping(),
    async prepare(client, { heard }) {
      const listener = (message: string, channel: string) => {
        heard();
        events.onMessage(message, channel);
      };
      client.on("sharded-channel-moved", events.onMoved);
      // On a connection that is lost already, node-redis would let a subscription wait for ever.
      const whileReady = async (work: () => Promise<void>) => {
        if (!client.isReady) throw new Error("The connection is lost.");
        await work();
      };
      return {
        subscribe: (channel) => whileReady(() => client.sSubscribe(channel, listener)),
        unsubscribe: (channel) => whileReady(() => client.sUnsubscribe(channel, listener)),
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
function refuseUnsafe(info: string): void {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "";
  if (policy.startsWith("allkeys-")) {
    throw new Error(
      `Redis may drop any key (maxmemory-policy ${policy}); set noeviction, or one that begins volatile-.`,
    );
  }
}
