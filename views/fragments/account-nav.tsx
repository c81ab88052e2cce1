/** Between the pages of one's own account. */

const places = { sessions: "Devices", tokens: "API tokens" } as const;

export function AccountNav({ here }: { here: keyof typeof places }) {
  return (
    <nav class="account" aria-label="Your account">
      {Object.entries(places).map(([name, label]) => (
        <a href={`/${name}`} aria-current={name === here ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
