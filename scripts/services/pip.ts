/** Python with its package installer, which some parts are fetched with; installed where it is missing. */
import { findPython } from "../../adapters/embedded-model/python.ts";
import { ensureProgram } from "./debian.ts";

/** @throws Error with a sentence when it is missing and can't be had */
export function ensurePython(): string {
  return ensureProgram({ name: "Python with pip", packages: ["python3-pip"], find: findPython });
}
