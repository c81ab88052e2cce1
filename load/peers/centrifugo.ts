/** Centrifugo with its Redis engine, as its chat tutorial sets it up: channels with a history that clients recover from. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { ensureGoProgram } from "../../scripts/services/go.ts";
import { accepts, freePort } from "../../scripts/services/ports.ts";
import { until } from "../../tests/support/wait.ts";

const module = "github.com/centrifugal/centrifugo/v5";
export const centrifugoFolder = join(import.meta.dir, "centrifugo");
const secret = "only known on this machine";
const startsWithinMs = 20_000;

export interface Centrifugo extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

export const ensureCentrifugo = () => ensureGoProgram(centrifugoFolder, module);

export async function startCentrifugo(program: string, redisUrl: string): Promise<Centrifugo> {
  const home = await mkdtemp(join(tmpdir(), "superchat-centrifugo-"));
  const config = join(home, "config.json");
  await Bun.write(
    config,
    JSON.stringify({
      engine: "redis",
      redis_address: redisUrl,
      token_hmac_secret_key: secret,
      log_level: "error",
      namespaces: [
        {
          name: "room",
          history_size: 100,
          history_ttl: "300s",
          force_recovery: true,
          allow_subscribe_for_client: true,
          allow_publish_for_client: true,
        },
      ],
    }),
  );
  const port = freePort();
  const child = Bun.spawn([program, "--config", config, "--address", "127.0.0.1", "--port", String(port)], {
    stdout: "inherit",
    stderr: "inherit",
  });
  const centrifugo: Centrifugo = {
    pid: child.pid,
    port,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      await rm(home, { recursive: true, force: true });
    },
  };
  try {
    await until(() => accepts(port), { deadlineMs: startsWithinMs, what: "Centrifugo to listen" });
  } catch (error) {
    await centrifugo[Symbol.asyncDispose]();
    throw error;
  }
  return centrifugo;
}

/** For one person each. */
export function centrifugoTokens(people: number): Promise<readonly string[]> {
  const key = new TextEncoder().encode(secret);
  const tokenOf = () =>
    new SignJWT().setProtectedHeader({ alg: "HS256" }).setSubject(Bun.randomUUIDv7()).setExpirationTime("2h").sign(key);
  return Promise.all(Array.from({ length: people }, tokenOf));
}
