/** Pages have a rate per person, and per address for who is not signed in; files and checks of health have none. */
import { expect, test } from "bun:test";
import { createFixedClock } from "#adapters/memory/clock.ts";
import { rateLimits } from "#domain/rate-limits.ts";
import { signUpPerson } from "../support/api-person.ts";
import { startGateway } from "../support/gateway.ts";
import { cookieOf } from "../support/live-page.ts";

test("one page more than the limit is refused with a page that says when, and others go on", async () => {
  const clock = createFixedClock();
  await using gateway = await startGateway({ env: { LIMITS: "on" }, clock });
  const [ana, ben] = [await signUpPerson(gateway.url), await signUpPerson(gateway.url)];
  const see = async (cookie: string, path = "/people") => await fetch(`${gateway.url}${path}`, { headers: { cookie } });
  const { limiter } = gateway.ports;
  const { pagesPerPerson, pagesPerAddress } = rateLimits;
  for (let n = 1; n < pagesPerPerson.burst; n++) await limiter.take(pagesPerPerson, ana.id);
  expect((await see(cookieOf(ana))).status).toBe(200);
  const refused = await see(cookieOf(ana));
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.text()).toContain("Too many requests");
  expect((await see(cookieOf(ben))).status).toBe(200);

  expect((await see("", "/sign-in")).status).toBe(200);
  for (let n = 1; n < pagesPerAddress.burst; n++) await limiter.take(pagesPerAddress, "127.0.0.1");
  expect((await see("", "/sign-in")).status).toBe(429);
  expect((await see("", "/api/docs")).status).toBe(429);
  expect((await see("", "/healthz")).status).toBe(200);
  expect((await see(cookieOf(ben))).status).toBe(200);

  clock.advance(pagesPerPerson.perMs);
  for (const cookie of [cookieOf(ana), ""]) expect((await see(cookie, "/sign-in")).status).toBe(200);
});
