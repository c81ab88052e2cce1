/** Finds a Chromium for tests, pictures and measurements, or installs one; and launches it alike for all of them. */
import { homedir } from "node:os";
import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { installFromDebian, installPackages } from "./services/debian.ts";

const knownNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const debianPackages = ["chromium", "fonts-noto-color-emoji", "fonts-dejavu-core"];

const launchWithinMs = 60_000;
const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param own what else Playwright is told, such as which of its own arguments to leave out */
export async function launchChromium(own: Pick<LaunchOptions, "ignoreDefaultArgs"> = {}): Promise<Browser> {
  return await chromium.launch({
    ...own,
    executablePath: await ensureChromium(),
    headless: true,
    // Chromium refuses to run as root with its sandbox.
    args: [...flags, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    timeout: launchWithinMs,
  });
}

/** @returns the path of a browser that starts; throws a sentence when there is none and none can be installed */
export async function ensureChromium(): Promise<string> {
  const given = process.env.CHROMIUM;
  if (given) {
    if (starts(given)) return given;
    throw new Error(`CHROMIUM is ${given}, which does not start as a browser.`);
  }
  const found = findChromium();
  if (found) return found;

  console.log("There is no Chromium here: installing one.");
  for (const install of [() => installFromDebian(() => installPackages(...debianPackages)), installFromPlaywright]) {
    install();
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error("There is no Chromium and it could not be installed. Install one, or set CHROMIUM to its path.");
}

function findChromium(): string | undefined {
  const onPath = knownNames.map((name) => Bun.which(name)).filter((path) => path !== null);
  return [...onPath, chromium.executablePath()].find(starts);
}

/** Being there is not enough: Ubuntu's `chromium-browser` is a script that asks for snap. */
function starts(path: string): boolean {
  if (!Bun.which(path)) return false;
  return Bun.spawnSync([path, "--version"], { stdout: "ignore", stderr: "ignore" }).success;
}

function installFromPlaywright(): void {
  const command = [process.execPath, "node_modules/playwright-core/cli.js", "install", "chromium"];
  const env = { HOME: homedir(), ...process.env };
  const { exitCode } = Bun.spawnSync(command, { env, stdin: "ignore", stdout: "inherit", stderr: "inherit" });
  if (exitCode !== 0) console.error(`Playwright's installation ended with ${exitCode}.`);
}
