/** The rules of style that a scan can see; each takes all files and answers `path:line: sentence` for every offence. */
import { basename } from "node:path";
import { eachLine, isCode, isTest, type Source } from "./source.ts";

const MAX_LINES = 250;
const MAX_TEST_LINES = 400;

export function sizeProblems(sources: readonly Source[]): string[] {
  return sources.filter(isCode).flatMap((source) => {
    const limit = isTest(source) ? MAX_TEST_LINES : MAX_LINES;
    const lines = source.text.replace(/\n$/, "").split("\n").length;
    return lines > limit ? [`${source.path}:${limit + 1}: ${lines} lines, at most ${limit}: make it two files`] : [];
  });
}

/** Words that say nothing about what is in a file, alone or at its end. */
const emptyWords =
  /(^|-)(utils?|helpers?|common|misc|managers?|handlers?|service|base|impl)$|^(models?|services?|bases?)$/;
/** Named in the layout: it runs the real services. */
const namedForItsSubject = ["scripts/services.ts"];

export function nameProblems(sources: readonly Source[]): string[] {
  return sources.filter(isCode).flatMap((source) => {
    const name = basename(source.path);
    const stem = name.split(".")[0] ?? "";
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(name)) return [`${source.path}:1: the name is not kebab-case`];
    if (emptyWords.test(stem) && !namedForItsSubject.includes(source.path))
      return [`${source.path}:1: "${stem}" does not say what is inside`];
    return [];
  });
}

export function openingProblems(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => isCode(source) && !/\.test\.tsx?$/.test(source.path))
    .filter(({ text }) => !/^(#!.*\n)?\s*(\/\*|\/\/)/.test(text))
    .map(({ path }) => `${path}:1: opens without a comment on its job`);
}

export function unfinishedProblems(sources: readonly Source[]): string[] {
  return sources
    .filter(isCode)
    .flatMap((source) =>
      eachLine(source, (line) =>
        /\b(TO-?DO|FIX-?ME|X{3})\b/.test(line) ? "unfinished work belongs in an issue" : undefined,
      ),
    );
}

const absolutePath = /(?<![\w.$}/-])\/(work|root|home)(?=[/"'`\s),;:]|$)/;

export function absolutePathProblems(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => isCode(source) || /\.(json|toml|ya?ml|sh|css|conf)$|(^|\/)[^.]+$/.test(source.path))
    .flatMap((source) => eachLine(source, (line) => (absolutePath.test(line) ? "a path of one machine" : undefined)));
}

export function anyProblems(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => isCode(source) && !isTest(source))
    .flatMap((source) =>
      eachLine(source, (line) =>
        /\bas any\b|[:<|,]\s*any\b(?=\s*[;,)=>[\]{|]|$)/.test(withoutComment(line))
          ? "any switches the types off"
          : undefined,
      ),
    );
}

const partialRun = /\b(test|it|describe)(\.\w+)*\.(only|skip|todo|skipIf|todoIf|if)\b/;

export function partialRunProblems(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => isCode(source) && isTest(source))
    .flatMap((source) =>
      eachLine(source, (line) => (partialRun.test(withoutComment(line)) ? "leaves tests out" : undefined)),
    );
}

const socketEnds = "gateway/end-socket.ts";

/** What a closed socket keeps is counted in one place. */
export function closedSocketProblems(sources: readonly Source[]): string[] {
  return sources
    .filter(
      (source) => /^gateway\//.test(source.path) && isCode(source) && !isTest(source) && source.path !== socketEnds,
    )
    .flatMap((source) =>
      eachLine(source, (line) =>
        /\bsocket\??\.close\(/.test(withoutComment(line)) ? `sockets end in ${socketEnds}` : undefined,
      ),
    );
}

function withoutComment(line: string): string {
  if (/^\s*(\*|\/\*)/.test(line)) return "";
  return line.replace(/(^|\s)\/\/.*$/, "");
}

const serving = ["development: false", "reusePort: false"];

/**
 * Bun's own page for errors, on unless NODE_ENV is production, sends our source to whoever made the error happen. Without it a port that
 * is taken is shared, unless that is refused as well.
 */
export function openServerProblems(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => isCode(source) && !isTest(source) && !/^(tests|load)\//.test(source.path))
    .filter(({ text }) => /\bBun\.serve(<\w+>)?\(/.test(text))
    .flatMap(({ path, text }) =>
      serving.filter((setting) => !text.includes(setting)).map((setting) => `${path}:1: Bun.serve without ${setting}`),
    );
}
