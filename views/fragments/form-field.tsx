/** A labelled input that says what is wrong with it where it is wrong. */
import type { Child } from "hono/jsx";
import type { Problem } from "../chrome.ts";

export interface FormFieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: Problem | undefined;
  /** Further attributes of the input; `name` is required. */
  readonly input: Record<string, string | number | boolean | undefined> & { readonly name: string };
  readonly children?: Child;
}

export function FormField({ id, label, hint, problem, input, children }: FormFieldProps) {
  const mine = problem?.field === input.name ? problem : undefined;
  const described = [mine && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {mine && (
        <p class="problem" id={`${id}-problem`}>
          {mine.sentence}
        </p>
      )}
      <div class="with-button">
        <input id={id} {...input} aria-invalid={mine ? "true" : undefined} aria-describedby={described || undefined} />
        {children}
      </div>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** A problem that no single field of a form shows. */
export function FormProblem({ problem, fields }: { problem?: Problem | undefined; fields: readonly string[] }) {
  if (problem === undefined || (problem.field !== undefined && fields.includes(problem.field))) return null;
  return (
    <p class="problem" role="alert">
      {problem.sentence}
    </p>
  );
}
