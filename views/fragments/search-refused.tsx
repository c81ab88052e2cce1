/** Says in place of what a search finds why nothing was looked for, and does it again. A list, so that it may take the place of "more", too. */
import type { SearchRefused } from "../chrome.ts";

export function NotSearched({ refused: { sentence, again } }: { refused: SearchRefused }) {
  return (
    <ul class="people">
      <li class="empty">
        <span role="status">{sentence}</span> <a href={again}>Search again</a>
      </li>
    </ul>
  );
}
