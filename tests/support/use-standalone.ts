/** A standalone server for a test file. */
import { afterAll, beforeAll } from "bun:test";
import { type StandaloneOptions, type StandaloneServer, startStandalone } from "./server.ts";

const startMs = 120_000;
const stopMs = 30_000;

/** Call it at the top of a test file: a server that starts before its tests and stops after them. */
export function useStandalone(options: StandaloneOptions = {}): Pick<StandaloneServer, "url"> {
  let server: StandaloneServer | undefined;
  beforeAll(async () => {
    server = await startStandalone(options);
  }, startMs);
  afterAll(async () => void (await server?.stop()), stopMs);
  return {
    get url() {
      if (server === undefined) throw new Error("the server starts in beforeAll: use it inside a test");
      return server.url;
    },
  };
}
