/** Ports of this machine for services that are started for tests or for a cluster. */

/**
 * Below the ports that outgoing connections get (from 32,768 on by default): a service that is started again must find its own
 * port free, however many connections were opened meanwhile.
 */
const lowest = 20_000;
const highest = 32_700;
const maxTries = 200;

/** Two services that are being prepared must not get the same one. */
const given = new Set<number>();

export function freePort(): number {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    return port;
  }
  throw new Error(`There is no free port between ${lowest} and ${highest} on this machine.`);
}

export function isFree(port: number, hostname = "127.0.0.1"): boolean {
  try {
    Bun.listen({ hostname, port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Whether something accepts connections there. */
export async function accepts(port: number, hostname = "127.0.0.1"): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname, port, socket: { data: () => undefined } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
