/** A whole gateway in this process on memory ports and a free port: for tests of routes and sockets. */
import type { createFixedClock } from "#adapters/memory/clock.ts";
import { ensureSystemUser } from "#domain/accounts.ts";
import { ensureLobby } from "#domain/create-room.ts";
import { createGateway } from "#gateway/app.ts";
import type { Assets } from "#gateway/assets.ts";
import { readConfig } from "#gateway/config.ts";
import { listen } from "#gateway/listen.ts";
import { createLog } from "#gateway/log.ts";
import { startWriter } from "#writer/writer.ts";
import { openTestPorts, type TestPorts } from "./ports.ts";

export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly ports: TestPorts;
  /** Lines the gateway logged. */
  readonly logged: string[];
  /** What it stored stays until it is disposed of. */
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another one is another community. */
  readonly secret?: string;
  /** Stands still until it is moved. */
  readonly clock?: ReturnType<typeof createFixedClock>;
  /** The real ones; most tests look at no file. */
  readonly assets?: Assets;
  /** Puts something between the gateway and its ports. */
  readonly between?: (ports: TestPorts) => TestPorts;
}

export async function startGateway({
  env = {},
  secret = "s".repeat(48),
  clock,
  between = (ports) => ports,
  assets,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const config = readConfig({ PORT: "0", HOST: "127.0.0.1", LIMITS: "off", ...env });
  const logged: string[] = [];
  const log = createLog(config.logLevel, (line) => void logged.push(line));
  const ports = await openTestPorts({ limits: config.limits, ...(clock ? { clock } : {}) });
  const writer = await startWriter(ports);
  await ensureLobby(ports, await ensureSystemUser(ports));
  const listener = listen(config, log);
  const none = {
    urls: { css: "/static/c", pages: "/static/p", htmx: "/static/h", app: "/static/a", icon: "/static/i" },
    actions: "/static/x",
    serve: () => undefined,
  };
  await listener.attach(
    await createGateway({
      ports: between(ports),
      config,
      secret,
      log,
      ready: listener.readyWith(ports.ready),
      assets: assets ?? none,
    }),
  );
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await listener.stop();
    await writer.close();
  };
  const dispose = async () => {
    await close();
    await ports.close();
  };
  return { url: `http://127.0.0.1:${listener.port}`, ports, logged, close, [Symbol.asyncDispose]: dispose };
}
