import { afterAll, expect, test } from "bun:test";
import { screenshot, useBrowser } from "../support/browser.ts";
import { until } from "../support/wait.ts";

const browser = useBrowser();

const page = `<!doctype html><title>Echo</title>
<form><input name="text" aria-label="Text"><button>Send</button></form>
<output></output><noscript>without script</noscript>
<script>
  const [form, out] = [document.querySelector("form"), document.querySelector("output")];
  const socket = new WebSocket(location.href.replace("http", "ws") + "socket");
  socket.onopen = () => { out.value = "open"; };
  socket.onmessage = (event) => { out.value = event.data; };
  socket.onclose = (event) => { out.value = "closed " + event.code; };
  form.onsubmit = (event) => { event.preventDefault(); socket.send(form.text.value); };
</script>`;

const server = Bun.serve({
  port: 0,
  fetch(request, self) {
    if (new URL(request.url).pathname !== "/socket")
      return new Response(page, { headers: { "content-type": "text/html" } });
    return self.upgrade(request) ? undefined : new Response("not a socket", { status: 400 });
  },
  websocket: { message: (socket, text) => void socket.send(`echo ${text}`) },
});
const url = server.url.href;
afterAll(() => server.stop(true));

test("types, clicks, and sees both directions of a socket", async () => {
  await using person = await browser.newPerson();
  const opened = person.page.waitForEvent("websocket");
  await person.page.goto(url);
  const socket = await opened;
  const frames: string[] = [];
  socket.on("framesent", ({ payload }) => void frames.push(`sent ${payload}`));
  socket.on("framereceived", ({ payload }) => void frames.push(`received ${payload}`));
  await person.page.getByText("open").waitFor();
  await person.page.getByLabel("Text").pressSequentially("hello");
  await person.page.getByRole("button", { name: "Send" }).click();
  await person.page.getByText("echo hello").waitFor();
  await until(() => frames.length === 2, { what: "both frames" });
  expect(frames).toEqual(["sent hello", "received echo hello"]);
  expect(await person.page.evaluate(() => 6 * 7)).toBe(42);
  expect(person.problems).toEqual([]);
  expect(await Bun.file(await screenshot(person.page, "browser-self-test")).exists()).toBe(true);
});

test("is offline and online again", async () => {
  await using person = await browser.newPerson();
  await person.page.goto(url);
  const reaches = () =>
    person.page.evaluate(() =>
      fetch("/").then(
        () => true,
        () => false,
      ),
    );
  expect(await reaches()).toBe(true);
  await person.context.setOffline(true);
  expect(await reaches()).toBe(false);
  await person.context.setOffline(false);
  expect(await reaches()).toBe(true);
  expect(person.problems).toHaveLength(1);
});

test("an open socket is held while offline, not closed", async () => {
  await using person = await browser.newPerson();
  await person.page.goto(url);
  await person.page.getByText("open").waitFor();
  await person.context.setOffline(true);
  await person.page.getByLabel("Text").fill("later");
  await person.page.getByRole("button", { name: "Send" }).click();
  expect(await person.page.locator("output").textContent()).toBe("open");
  await person.context.setOffline(false);
  await person.page.getByText("echo later").waitFor();
});

test("uses pages without script", async () => {
  await using person = await browser.newPerson({ javaScriptEnabled: false });
  await person.page.goto(url);
  expect(await person.page.locator("noscript").isVisible()).toBe(true);
  await person.page.getByLabel("Text").fill("plain");
  await person.page.getByRole("button", { name: "Send" }).click();
  await person.page.waitForURL(`${url}?text=plain`);
});

test("answers requests and sockets in the server's place", async () => {
  await using person = await browser.newPerson();
  await person.page.route("**/made-up", (route) => route.fulfill({ body: "made up" }));
  await person.page.routeWebSocket("**/socket", (socket) => socket.onMessage((text) => socket.send(`not ${text}`)));
  await person.page.goto(url);
  expect(await person.page.evaluate(() => fetch("/made-up").then((answer) => answer.text()))).toBe("made up");
  await person.page.getByText("open").waitFor();
  await person.page.getByLabel("Text").fill("hello");
  await person.page.getByRole("button", { name: "Send" }).click();
  await person.page.getByText("not hello").waitFor();
});

test("keeps people apart", async () => {
  await using one = await browser.newPerson();
  await using other = await browser.newPerson();
  await one.page.goto(url);
  await other.page.goto(url);
  await one.page.evaluate(() => localStorage.setItem("mine", "yes"));
  expect(await other.page.evaluate(() => localStorage.getItem("mine"))).toBeNull();
});
