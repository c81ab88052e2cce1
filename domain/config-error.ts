/** Settings that can't be used: all problems at once, a sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

export interface SettingsReader<Variable extends string> {
  /** Undefined where it is empty, too. */
  text(name: Variable): string | undefined;
  /** A whole number, both bounds included. */
  whole(name: Variable, fallback: number, from: number, to: number): number;
  /** @param what goes on after the name; a full stop follows */
  complain(name: Variable, what: string): void;
  /** @throws ConfigError with all complaints */
  check(): void;
}

export function settingsReader<Variable extends string>(
  env: Readonly<Record<string, string | undefined>>,
): SettingsReader<Variable> {
  const problems: string[] = [];
  const text = (name: Variable) => env[name] || undefined;
  const complain = (name: Variable, what: string) => void problems.push(`${name} ${what}.`);
  return {
    text,
    complain,
    whole(name, fallback, from, to) {
      const given = text(name);
      if (given === undefined) return fallback;
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      if (value >= from && value <= to) return value;
      complain(name, `must be a whole number from ${from} to ${to}, but is ${JSON.stringify(given)}`);
      return fallback;
    },
    check() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}

/** Runs readers of settings and gathers the problems of all. @throws ConfigError */
export function readAll<T extends readonly (() => unknown)[]>(
  ...readers: T
): { readonly [K in keyof T]: ReturnType<T[K]> } {
  const problems: string[] = [];
  const values = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return values as { readonly [K in keyof T]: ReturnType<T[K]> };
}
