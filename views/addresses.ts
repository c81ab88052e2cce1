/** How an address is shown: as it was typed, and its host decoded only where it can't be taken for another one. */
import { nameSkeleton } from "#domain/user.ts";

const parts = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)/i;

/** @returns the host with its port and without "www.", in lower case; undefined if it is no address of the web */
export function hostOf(address: string): string | undefined {
  return parts
    .exec(address)?.[2]
    ?.toLowerCase()
    .replace(/^.*@/, "")
    .replace(/^www\./, "");
}

/** @param decode from `xn--` to Unicode */
export function shownAddress(address: string, written: string, decode: (label: string) => string): string {
  const [whole, , ascii = ""] = parts.exec(address) ?? [];
  const [typed, start = ""] = parts.exec(written) ?? [];
  if (whole === undefined || typed === undefined || !/xn--/i.test(ascii)) return written;
  return start + shownHost(ascii, decode) + written.slice(typed.length);
}

export function shownHost(ascii: string, decode: (label: string) => string): string {
  return ascii
    .split(".")
    .map((label) => {
      if (!/^xn--/i.test(label)) return label;
      const decoded = decode(label);
      return isUnmistakable(decoded) ? decoded : label;
    })
    .join(".");
}

/** Scripts written from left to right, none of whose words passes for one in Latin letters. */
const apart = ["Deva", "Beng", "Guru", "Gujr", "Taml", "Telu", "Thai", "Geor", "Khmr", "Ethi"].map(
  (script) => new RegExp(`^[\\p{sc=${script}}\\d-]+$`, "u"),
);
const eastAsian = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}ー\d-]+$/u;
/** Letters of Latin with a mark that is seen at once. */
const latin = /^[a-zäöüßåæøñçéèêëàâôûáóúãõ\d-]+$/u;
const alphabets = [/^[\p{sc=Cyrl}\d-]+$/u, /^[\p{sc=Grek}\d-]+$/u, /^[\p{sc=Armn}\d-]+$/u];

/** One script, and at least one letter that no Latin one looks like. */
function isUnmistakable(label: string): boolean {
  if (label.normalize("NFC") !== label || /(?![0-9])\p{N}/u.test(label)) return false;
  if (eastAsian.test(label) || latin.test(label) || apart.some((script) => script.test(label))) return true;
  return (
    alphabets.some((alphabet) => alphabet.test(label)) &&
    [...label].some((letter) => /\p{L}/u.test(letter) && !/[a-z]/.test(nameSkeleton(letter)))
  );
}
