/** All ways of writing and reading that a run uses. */
import { http } from "./http-transport.ts";
import { page } from "./page-transport.ts";
import { program } from "./program-transport.ts";
import type { Transport } from "./transport.ts";

export const transports: readonly Transport[] = [http, page, program];
