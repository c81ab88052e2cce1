/** Settings that can't be used: all problems at once, a sentence each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
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
