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
  /** Why they are not signed in any more, of `reasons`; and that browser code dropped what they had written. */
  readonly why?: string | undefined;
  readonly dropped?: boolean | undefined;
}

/** As browser/session.ts names them, and a page that is asked for with a sign-in that has ended. */
const reasons = new Map([
  ["elsewhere", "You were signed out on another device."],
  ["here", "You signed out in another tab."],
  ["ended", "Your sign-in on this device has ended."],
]);
const dropped = "What you had written and not sent was deleted from this browser.";

export function SignInPage(props: SignInProps) {
  return (
    <Layout chrome={props.chrome} title="Sign in">
      <div class="entrance">
        <Brand />
        <h1>Welcome back</h1>
        <SignedOut {...props} />
        <SignInForm {...props} />
        <p class="aside">
          New here? <a href={withNext("/sign-up", props.next)}>Choose a name</a>
        </p>
      </div>
    </Layout>
  );
}

function SignedOut({ why = "", dropped: wasDropped }: SignInProps) {
  const reason = reasons.get(why);
  return reason === undefined ? null : (
    <p class="notice" role="status">
      {wasDropped ? `${reason} ${dropped}` : reason}
    </p>
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

/** @param why of the reasons on the sign-in page */
export function withNext(path: string, next: string | undefined, why?: "ended"): string {
  const asked = [next !== undefined && `next=${encodeURIComponent(next)}`, why && `why=${why}`].filter(Boolean);
  return asked.length === 0 ? path : `${path}?${asked.join("&")}`;
}
