/** The few icons, drawn here: strokes in the colour of the text around them. Decoration only: words stand beside them. */
import { raw } from "hono/html";

const paths = {
  lock: "M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z",
  menu: "M2 4h12M2 8h12M2 12h7",
  people:
    "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 14c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 2.8a2.5 2.5 0 0 1 0 4.4M12 10.2c1.5.5 2.5 1.8 2.5 3.8",
  send: "M8 13.5V3M3.5 7 8 2.5 12.5 7",
  close: "m4 4 8 8m0-8-8 8",
  compass: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM10.8 5.2 9 9 5.2 10.8 7 7z",
  key: "M10.5 9.5a4 4 0 1 0-3.7-2.4L2 12v2.5h2.5V13H6v-1.5h1.5l.8-.8a4 4 0 0 0 2.2-1.2zM11.3 4.7v.01",
  device: "M2 3h12v8H2zM6 14h4",
  out: "M6 14H2.5V2H6M10 5l3 3-3 3M13 8H6",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return raw(
    `<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="${paths[name]}"></path></svg>`,
  );
}

/** The mark: two speech shapes that make an S. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="logo-a" d="M26 4H13a8 8 0 0 0 0 16h4V12h1a8 8 0 0 0 8-8z" />
      <path class="logo-b" d="M6 28h13a8 8 0 0 0 8-8 8 8 0 0 0-8-8h-2v8h-3a8 8 0 0 0-8 8z" />
    </svg>
  );
}
