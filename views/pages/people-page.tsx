/** Everybody here, to find somebody and write to them. */
import type { Author } from "#domain/user.ts";
import type { Chrome, Problem, SearchRefused } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { FormProblem } from "../fragments/form-field.tsx";
import { PeopleList } from "../fragments/people-list.tsx";
import { SearchForm } from "../fragments/search-form.tsx";
import { NotSearched } from "../fragments/search-refused.tsx";
import { Layout } from "../layout.tsx";

export interface PeoplePageProps {
  readonly chrome: Chrome;
  readonly query?: string | undefined;
  readonly people: readonly Author[];
  /** Cursor of the next page. */
  readonly next?: string | undefined;
  readonly refused?: SearchRefused | undefined;
  readonly problem?: Problem | undefined;
}

export function PeoplePage({ chrome, query = "", people, next, refused, problem }: PeoplePageProps) {
  const more = next === undefined ? undefined : `/people?${new URLSearchParams({ q: query, after: next })}`;
  return (
    <Layout chrome={chrome} title="New message" page="people">
      <Bar title="New message" />
      <div class="page">
        <FormProblem problem={problem} fields={[]} />
        <SearchForm action="/people" label="Search people" query={query} results="#results" />
        <section id="results" aria-label="People found">
          {refused ? (
            <NotSearched refused={refused} />
          ) : people.length === 0 ? (
            <p class="empty">
              Nobody here is called “<bdi>{query}</bdi>”. <a href="/people">See everybody</a>
            </p>
          ) : (
            <PeopleList people={people} viewer={chrome.viewer} next={more} withMessage />
          )}
        </section>
      </div>
    </Layout>
  );
}
