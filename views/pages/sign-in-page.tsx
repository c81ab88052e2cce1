/** Signing in and signing up: name, password, done. */
import { maxNameLength, maxPasswordLength, minPasswordLength } from "#domain/user.ts";
import type { Chrome, Problem } from "../chrome.ts";
import { FormField, FormProblem } from "../fragments/form-field.tsx";
import { Logo } from "../fragments/icon.tsx";
import { Layout } from "../layout.tsx";

export interface SignInProps {
  readonly chrome: Chrome;
  /** Kept from the last try. */
  readonly name?: string | undefined;
  /** Where to go afterwards: a path of this site. */
  readonly next?: string | undefined;
  readonly problem?: Problem | undefined;
}

export function SignInPage(props: SignInProps) {
  return (
    <Layout chrome={props.chrome} title="Sign in">
      <div class="entrance">
        <Brand />
        <h1>Welcome back</h1>
        <SignInForm {...props} />
        <p class="aside">
          New here? <a href={withNext("/sign-up", props.next)}>Choose a name</a>
        </p>
      </div>
    </Layout>
  );
}

export function SignUpPage(props: SignInProps) {
  return (
    <Layout chrome={props.chrome} title="Sign up">
      <div class="entrance">
        <Brand />
        <h1>Choose a name</h1>
        <SignUpForm {...props} />
        <p class="aside">
          Been here before? <a href={withNext("/sign-in", props.next)}>Sign in</a>
        </p>
      </div>
    </Layout>
  );
}

type FormProps = Omit<SignInProps, "chrome"> & { readonly prefix?: string };

export function SignInForm({ name, next, problem, prefix = "" }: FormProps) {
  return (
    <form method="post" action="/sign-in" class="stack">
      <FormProblem problem={problem} fields={["name", "password"]} />
      <FormField
        id={`${prefix}name`}
        label="Name"
        problem={problem}
        input={{ ...nameInput, value: name, autocomplete: "username" }}
      />
      <FormField
        id={`${prefix}password`}
        label="Password"
        problem={problem}
        input={{ ...passwordInput, autocomplete: "current-password" }}
      />
      <Next path={next} />
      <button type="submit" class="primary">
        Sign in
      </button>
    </form>
  );
}

export function SignUpForm({ name, next, problem, prefix = "" }: FormProps) {
  return (
    <form method="post" action="/sign-up" class="stack">
      <FormProblem problem={problem} fields={["name", "password"]} />
      <FormField
        id={`${prefix}name`}
        label="Name"
        hint="What others call you. Letters, digits, dots, dashes and underscores."
        problem={problem}
        input={{ ...nameInput, value: name, autocomplete: "username" }}
      />
      <FormField
        id={`${prefix}password`}
        label="Password"
        hint={`At least ${minPasswordLength} characters. A few words make a good one.`}
        problem={problem}
        input={{ ...passwordInput, minlength: minPasswordLength, autocomplete: "new-password" }}
      />
      <Next path={next} />
      <button type="submit" class="primary">
        Start chatting
      </button>
    </form>
  );
}

const nameInput = {
  name: "name",
  type: "text",
  required: true,
  maxlength: maxNameLength,
  autocapitalize: "none",
  spellcheck: "false",
};
const passwordInput = { name: "password", type: "password", required: true, maxlength: maxPasswordLength };

function Next({ path }: { path: string | undefined }) {
  return path === undefined ? null : <input type="hidden" name="next" value={path} />;
}

export function Brand() {
  return (
    <a class="wordmark" href="/">
      <Logo /> Superchat
    </a>
  );
}

export function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`;
}
