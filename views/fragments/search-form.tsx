/** A search field that works as a plain form, and searches while typing where scripts run. */

export interface SearchFormProps {
  readonly action: string;
  readonly label: string;
  readonly query: string;
  /** Selector of the part of the page that shows what was found. */
  readonly results: string;
}

export function SearchForm({ action, label, query, results }: SearchFormProps) {
  return (
    <search>
      <form method="get" action={action} class="search">
        <label for="q" class="visually-hidden">
          {label}
        </label>
        <input
          id="q"
          name="q"
          type="search"
          value={query}
          placeholder={label}
          autocomplete="off"
          hx-get={action}
          hx-trigger="input changed delay:250ms, search"
          hx-target={results}
          hx-select={results}
          hx-swap="outerHTML"
          hx-sync="this:replace"
        />
        <button type="submit">Search</button>
      </form>
    </search>
  );
}
