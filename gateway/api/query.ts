/** Parameters of a query: strings in an address, checked and turned into what they mean. */
import { z } from "zod";
import { ChatError } from "#domain/errors.ts";

export const defaultPageSize = 50;
export const maxPageSize = 200;
export const defaultEventPage = 500;
export const maxEventPage = 1_000;
/** Messages or events in one answer, in bytes as they were sent: a page ends early with what fills it. */
export const maxAnswerBytes = 1024 * 1024;
/** After Redis was emptied, offsets go on at the time in microseconds: sixteen digits. */
const wholeNumber = /^\d{1,16}$/;

/** A page's size: above the most it is the most. */
export function limitParam(fallback = defaultPageSize, most = maxPageSize) {
  return z
    .string()
    .optional()
    .transform((raw) => (raw === undefined ? fallback : wholeNumber.test(raw) ? Number(raw) : 0))
    .pipe(
      z
        .int("it is a whole number from 1")
        .min(1, "it is a whole number from 1")
        .overwrite((limit) => Math.min(limit, most)),
    )
    .meta({
      description: `How many at most; fewer where they are large. More than ${most} is ${most}.`,
      default: fallback,
    });
}

export function offsetParam(means: string) {
  return z
    .string()
    .regex(wholeNumber, "it is a whole number from 0")
    .transform(Number)
    .pipe(z.int("it is a whole number from 0").min(0))
    .optional()
    .meta({ description: means });
}

const pageOffset = offsetParam("");

/** The same for pages. @throws ChatError invalid */
export function offsetFrom(raw: string | undefined, field: string): number | undefined {
  const parsed = pageOffset.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ChatError("invalid", "An offset is a whole number from 0.", { field });
}

export const flagParam = (means: string) =>
  z
    .enum(["true", "false"], "it is true or false")
    .transform((raw) => raw === "true")
    .pipe(z.boolean())
    .optional()
    .meta({ description: means });

export const pageParams = {
  limit: limitParam(),
  cursor: z.string().optional().meta({ description: "The next of the page before. Opaque: take it as it is." }),
  q: z.string().optional().meta({ description: "Only names that contain this, in any case." }),
};
