/** What people do at the chat's pages in a browser: sign up, join, write, read. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { freshName, signUpPerson } from "./api-person.ts";
import type { Person, TestBrowser } from "./browser.ts";
import { pagePassword } from "./page-person.ts";
import { until } from "./wait.ts";

/** Longer than a page takes to notice and mend a lost connection. */
const seeWithinMs = 20_000;

export interface ChatPerson extends Person {
  readonly name: string;
}

export async function signUpInBrowser(
  browser: TestBrowser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<ChatPerson> {
  const person = await browser.newPerson(options);
  const name = freshName("e2e");
  await person.page.goto(`${url}/sign-up`);
  await fillEntry(person.page, name);
  await person.page.click("form[action='/sign-up'] button");
  await person.page.waitForURL("**/rooms/lobby");
  return { ...person, name };
}

export async function signInInBrowser(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await fillEntry(page, name);
  await page.press("input[name=password]", "Enter");
  await page.waitForURL("**/rooms/lobby");
}

async function fillEntry(page: Page, name: string): Promise<void> {
  await page.fill("input[name=name]", name);
  await page.fill("input[name=password]", pagePassword);
}

/** A fresh public room, open at everybody's page. @returns its slug */
export async function together(url: string, ...people: readonly ChatPerson[]): Promise<string> {
  const owner = await signUpPerson(url);
  const { slug } = await owner.createRoom(freshName("room"));
  for (const { page } of people) await joinInBrowser(page, url, slug);
  return slug;
}

/** @returns two people and the room that both are looking at, by its slug */
export async function twoTogether(browser: TestBrowser, url: string): Promise<[ChatPerson, ChatPerson, string]> {
  const [one, other] = [await signUpInBrowser(browser, url), await signUpInBrowser(browser, url)];
  return [one, other, await together(url, one, other)];
}

export async function joinInBrowser(page: Page, url: string, slug: string): Promise<void> {
  await page.goto(`${url}/rooms/${slug}`);
  await page.getByRole("button", { name: "Join this room" }).click();
  await page.waitForSelector("#composer");
}

export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

/** The texts of the room's messages in order; not those that still wait to be sent. */
export async function shown(page: Page): Promise<string[]> {
  return await page.locator("#log .message .text").allInnerTexts();
}

export async function sees(page: Page, ...texts: readonly string[]): Promise<void> {
  await until(
    async () => {
      const all = await shown(page);
      return texts.every((text) => all.includes(text));
    },
    { deadlineMs: seeWithinMs, what: `seeing ${texts.join(", ")}` },
  );
}

export async function waiting(page: Page): Promise<number> {
  return await page.locator(".pending").count();
}
