/** Schemathesis, which makes up requests from an OpenAPI document, in exactly the versions of schemathesis.txt. */
import { join } from "node:path";
import { ensurePython } from "./python.ts";

const requirements = join(import.meta.dir, "schemathesis.txt");

/** @returns the start of its command line; throws a sentence when something is missing and can't be had */
export async function ensureSchemathesis(): Promise<readonly string[]> {
  const version = await Bun.file(requirements).text();
  const python = await ensurePython({ name: "schemathesis", packages: ["--requirement", requirements], version });
  return [python, "-m", "schemathesis.cli"];
}
