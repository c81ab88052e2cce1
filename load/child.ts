/** A process of a bench: does one thing after the other that its parent asks for. */

export interface Child<Asked, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** Where it listens; 0 when it does not. */
  readonly port: number;
  ask(what: Asked): Promise<Answer>;
}

export interface ChildOptions {
  /** Default: what runs this, with the script beside this file. */
  readonly command?: readonly string[];
}

type Said<Answer> = { readonly port: number } | { readonly answer: Answer } | { readonly problem: string };

/** @param name of the script */
export async function startChild<Asked, Answer>(
  name: string,
  { command = [process.execPath, `${import.meta.dir}/${name}`] }: ChildOptions = {},
): Promise<Child<Asked, Answer>> {
  const ready = Promise.withResolvers<number>();
  let asked = Promise.withResolvers<Answer>();
  const child = Bun.spawn([...command], {
    stdout: "inherit",
    stderr: "inherit",
    // The form that others know, too.
    serialization: "json",
    ipc(said: Said<Answer>) {
      if ("port" in said) ready.resolve(said.port);
      else if ("answer" in said) asked.resolve(said.answer);
      else asked.reject(new Error(said.problem));
    },
    onExit(_, code) {
      const error = new Error(`${name} ended with ${code}`);
      ready.reject(error);
      asked.reject(error);
    },
  });
  // Nobody may be waiting when it ends.
  asked.promise.catch(() => {});
  const port = await ready.promise;
  return {
    pid: child.pid,
    port,
    ask(what) {
      asked = Promise.withResolvers();
      child.send(what);
      return asked.promise;
    },
    async [Symbol.asyncDispose]() {
      asked.promise.catch(() => {});
      child.kill();
      await child.exited;
    },
  };
}

/** The child's side. */
export function serveParent<Asked, Answer>(port: number, work: (asked: Asked) => Promise<Answer>): void {
  const tell = (said: Said<Answer>) => process.send?.(said);
  process.on("message", (asked: Asked) => {
    work(asked).then(
      (answer) => tell({ answer }),
      (error) => tell({ problem: String(error) }),
    );
  });
  // Its parent is gone.
  process.on("disconnect", () => process.exit(0));
  tell({ port });
}
