/** A gateway in a process of its own that may open few files: prints where it serves, then a line of JSON for whatever it logs. */
import { startGateway } from "./gateway.ts";

const gateway = await startGateway();
process.stdout.write(`${gateway.url}\n`);
let told = 0;
setInterval(() => {
  for (; told < gateway.logged.length; told++) process.stdout.write(gateway.logged[told] ?? "");
}, 20);
