/** The health check of a gateway's container: exit code 0 if it can work right now, which only it knows. */
const withinMs = 4_000;

const url = `http://127.0.0.1:${process.env.PORT || 8080}/readyz`;
const answer = await fetch(url, { signal: AbortSignal.timeout(withinMs) }).catch((error: unknown) => error);
if (!(answer instanceof Response)) fail(String(answer));
else if (!answer.ok) fail(`${answer.status} ${await answer.text()}`);

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
