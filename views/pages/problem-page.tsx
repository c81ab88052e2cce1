/** A page that says what went wrong and what to do next: errors, nothing found, not allowed, not reachable. */
import type { Chrome } from "../chrome.ts";
import { Bar } from "../fragments/bar.tsx";
import { Layout } from "../layout.tsx";
import { Brand } from "./sign-in-page.tsx";

export interface ProblemPageProps {
  readonly chrome: Chrome;
  readonly status: number;
  readonly title: string;
  readonly sentence: string;
  readonly requestId?: string | undefined;
  /** Where to go from here; to the start by default. */
  readonly action?: { readonly href: string; readonly label: string } | undefined;
}

export function ProblemPage({ chrome, status, title, sentence, requestId, action }: ProblemPageProps) {
  const { href, label } = action ?? { href: "/", label: chrome.viewer ? "Back to the lobby" : "To the start" };
  const body = (
    <>
      <p class="status-code">{status}</p>
      <p class="lead">{sentence}</p>
      <p>
        <a class="button primary" href={href}>
          {label}
        </a>
      </p>
      {requestId !== undefined && (
        <p class="hint">
          If you report this, mention <code>{requestId}</code>.
        </p>
      )}
    </>
  );
  return (
    <Layout chrome={chrome} title={title}>
      {chrome.viewer ? (
        <>
          <Bar title={title} />
          <div class="page trouble">{body}</div>
        </>
      ) : (
        <div class="entrance trouble">
          <Brand />
          <h1>{title}</h1>
          {body}
        </div>
      )}
    </Layout>
  );
}
