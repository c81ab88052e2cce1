/** The pages in standalone mode: everything in one process. */
import { startStandalone } from "../support/server.ts";
import { chatSuite } from "./chat.suite.ts";

chatSuite("standalone", async () => {
  const server = await startStandalone({ env: { LIMITS: "off", LOG_LEVEL: "warn" } });
  return {
    url: server.url,
    kill: () => server.kill("SIGKILL"),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
});
