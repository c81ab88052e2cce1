/** The first page a newcomer sees: what this is, and the shortest way in. */
import type { Chrome } from "../chrome.ts";
import { Logo } from "../fragments/icon.tsx";
import { Layout } from "../layout.tsx";
import { Brand, SignUpForm } from "./sign-in-page.tsx";

export function WelcomePage({ chrome }: { chrome: Chrome }) {
  return (
    <Layout chrome={chrome} title="Welcome">
      <div class="watermark">
        <Logo />
      </div>
      <div class="welcome">
        <div class="pitch">
          <Brand />
          <h1>A quiet place to talk.</h1>
          <p class="lead">
            Rooms for what you share, messages that never get lost, and nobody in between: this chat runs where you run
            it.
          </p>
        </div>
        <section class="card" aria-labelledby="join">
          <h2 id="join">Join the conversation</h2>
          <SignUpForm />
          <p class="aside">
            Been here before? <a href="/sign-in">Sign in</a>
          </p>
        </section>
      </div>
    </Layout>
  );
}
