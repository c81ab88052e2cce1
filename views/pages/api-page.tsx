/** The guide to the HTTP API: every call with what it takes, what it answers and a command to copy. Works as it is, without scripts. */
import { raw } from "hono/html";
import type { Chrome } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { Layout } from "../layout.tsx";
import { renderText } from "../markdown.ts";

export interface GuideField {
  readonly name: string;
  readonly type: string;
  /** The shape that the type names, if it is one. */
  readonly shape?: string | undefined;
  readonly needed: boolean;
  readonly means: string;
}

export interface GuideCall {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly more: string | undefined;
  readonly who: string;
  readonly parameters: readonly GuideField[];
  readonly body: readonly GuideField[];
  readonly answers: readonly { readonly status: string; readonly means: string; readonly shape: string | undefined }[];
  /** For a shell. */
  readonly command: string;
}

export interface GuideShape {
  readonly name: string;
  readonly means: string | undefined;
  /** More than one where it may be one of several, each with its own title. */
  readonly variants: readonly { readonly title: string | undefined; readonly fields: readonly GuideField[] }[];
}

export interface ApiGuide {
  /** Markdown. */
  readonly overview: string;
  readonly groups: readonly { readonly name: string; readonly means: string; readonly calls: readonly GuideCall[] }[];
  readonly shapes: readonly GuideShape[];
}

/** @param calls as callsOf made it */
export function ApiPage({ chrome, overview, calls }: { chrome: Chrome; overview: string; calls: string }) {
  return (
    <Layout chrome={chrome} title="API">
      <Bar title="API" signedIn={chrome.viewer !== undefined}>
        <a class="button quiet" href="/api/openapi.json">
          OpenAPI
        </a>
      </Bar>
      <div class="page guide">
        <div class="intro">{raw(renderText(overview, { mentions: false }).html)}</div>
        <p>
          {chrome.viewer ? (
            <>
              Create a token under <a href="/tokens">API tokens</a>, and put it into the commands below:
            </>
          ) : (
            <>
              <a href="/sign-in?next=%2Ftokens">Sign in</a> to make a token, and put it into the commands below:
            </>
          )}
        </p>
        <Command text="TOKEN='superchat_…'" />
        {raw(calls)}
      </div>
    </Layout>
  );
}

/** The same for everybody, and much: made once. @returns HTML */
export function callsOf(guide: ApiGuide): string {
  return String(
    <>
      <Contents guide={guide} />
      {guide.groups.map(({ name, means, calls }) => (
        <section aria-labelledby={`about-${name}`}>
          <h2 id={`about-${name}`}>{titleOf(name)}</h2>
          <p class="hint">{means}</p>
          {calls.map((call) => (
            <CallCard {...call} />
          ))}
        </section>
      ))}
      <section aria-labelledby="shapes">
        <h2 id="shapes">What things look like</h2>
        {guide.shapes.map((shape) => (
          <ShapeCard {...shape} />
        ))}
      </section>
    </>,
  );
}

function Contents({ guide }: { guide: ApiGuide }) {
  return (
    <nav class="contents" aria-label="Calls">
      {guide.groups.map(({ name, calls }) => (
        <div>
          <a href={`#about-${name}`}>{titleOf(name)}</a>
          <ul>
            {calls.map(({ id, summary }) => (
              <li>
                <a href={`#${id}`}>{summary}</a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function CallCard({ id, method, path, summary, more, who, parameters, body, answers, command }: GuideCall) {
  return (
    <article id={id} class="call" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{summary}</h3>
      <p class="address">
        <b>{method}</b> <code>{path}</code>
      </p>
      {more && <p>{more}</p>}
      <p class="hint">{who}</p>
      {parameters.length > 0 && <Fields title="In the address" fields={parameters} />}
      {body.length > 0 && <Fields title="In the body" fields={body} />}
      <h4>Answers</h4>
      <dl class="fields">
        {answers.map(({ status, means, shape }) => (
          <div>
            <dt>
              <b>{status}</b>
            </dt>
            <dd>
              {means} {shape && <a href={`#shape-${shape}`}>{shape}</a>}
            </dd>
          </div>
        ))}
      </dl>
      <Command text={command} />
    </article>
  );
}

/** One click takes all of it. */
function Command({ text }: { text: string }) {
  return (
    <pre class="command">
      <code>{text}</code>
    </pre>
  );
}

function ShapeCard({ name, means, variants }: GuideShape) {
  return (
    <article id={`shape-${name}`} class="call" aria-labelledby={`shape-${name}-title`}>
      <h3 id={`shape-${name}-title`}>{name}</h3>
      {means && <p>{means}</p>}
      {variants.map(({ title, fields }) => (
        <Fields title={title} fields={fields} />
      ))}
    </article>
  );
}

function Fields({ title, fields }: { title: string | undefined; fields: readonly GuideField[] }) {
  return (
    <>
      {title && <h4>{title}</h4>}
      <dl class="fields">
        {fields.map(({ name, type, shape, needed, means }) => (
          <div>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <span class="type">
                {shape ? <a href={`#shape-${shape}`}>{type}</a> : type}
                {needed ? "" : ", optional"}
              </span>{" "}
              {means}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
