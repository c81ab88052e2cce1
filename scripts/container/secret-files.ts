/** In a container secrets are files: what JWT_SECRET_FILE and POSTGRES_PASSWORD_FILE name is read into JWT_SECRET and POSTGRES_PASSWORD. */
const secrets = ["JWT_SECRET", "POSTGRES_PASSWORD"];

/** Ends the process with a sentence where one can't be read. */
export async function readSecretFiles(): Promise<void> {
  for (const name of secrets) {
    const path = process.env[`${name}_FILE`];
    if (path) process.env[name] = await readSecret(name, path);
  }
}

async function readSecret(name: string, path: string): Promise<string> {
  try {
    return (await Bun.file(path).text()).trim();
  } catch (error) {
    console.error(`${name}_FILE names ${path}, which can't be read: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
