/** What the highlighter must know of each language: its words, and how comments and strings begin and end. */

export interface Grammar {
  readonly keywords: ReadonlySet<string>;
  /** Values and names that the language brings along. */
  readonly literals: ReadonlySet<string>;
  readonly anyCase?: boolean;
  /** To the end of the line. */
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [open: string, close: string])[];
  /** Each is closed by itself; the longer ones first. Those of three, and backticks, go over several lines. */
  readonly quotes: readonly string[];
  /** One character in single quotes, or else no string: lifetimes, generics. */
  readonly singleCharacters?: boolean;
  /** Begins the name of a variable. */
  readonly sigils?: string;
  /** A word before this is a key. */
  readonly keyEnd?: ":" | "=";
  /** A `#` or `@` with a word is an instruction: preprocessor, attribute, decorator. */
  readonly directives?: string;
  /** The first word of a line is a keyword: Dockerfiles. */
  readonly leadingKeyword?: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const slashes = { lineComments: ["//"], blockComments: [["/*", "*/"]] } as const;
const hashes = { lineComments: ["#"], blockComments: [] } as const;
const plainQuotes = { quotes: ['"', "'"] } as const;

const ofC =
  "auto break case const continue default do else enum extern for goto if inline register return sizeof static struct switch " +
  "typedef union volatile while char double float int long short signed unsigned void bool restrict";
const ofScript =
  "as async await break case catch class const continue debugger default delete do else export extends finally for from " +
  "function get if import in instanceof let new of return set static super switch this throw try typeof var void while with yield";

const c: Grammar = {
  ...{ ...slashes, quotes: ['"'], singleCharacters: true, directives: "#" },
  keywords: words(ofC),
  literals: words("NULL true false size_t uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t FILE"),
};
const javascript: Grammar = {
  ...{ ...slashes, quotes: ['"', "'", "`"], directives: "@" },
  keywords: words(ofScript),
  literals: words("true false null undefined NaN Infinity console document window globalThis process module require"),
};
const bash: Grammar = {
  ...{ ...hashes, ...plainQuotes, sigils: "$" },
  keywords: words(
    "if then else elif fi for while until do done in case esac function select time return exit break continue local export readonly declare unset shift trap source sudo",
  ),
  literals: words("true false echo printf cd pwd read test set eval exec kill wait"),
};
const ini: Grammar = {
  ...{ lineComments: [";", "#"], blockComments: [], ...plainQuotes, keyEnd: "=", keywords: words("") },
  literals: words("true false yes no on off null"),
};

export const grammars: Readonly<Record<string, Grammar>> = {
  bash,
  c,
  cpp: {
    ...c,
    keywords: words(
      `${ofC} alignas alignof and asm catch class concept consteval constexpr constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export final friend mutable namespace new noexcept not operator or override private protected public reinterpret_cast requires static_assert static_cast template this thread_local throw try typeid typename using virtual wchar_t`,
    ),
    literals: words("nullptr true false NULL std string vector map set unique_ptr shared_ptr size_t"),
  },
  csharp: {
    ...{ ...slashes, quotes: ['"'], singleCharacters: true, directives: "#" },
    keywords: words(
      "abstract as async await base bool break byte case catch char checked class const continue decimal default delegate do double else enum event explicit extern finally fixed float for foreach get goto if implicit in init int interface internal is lock long namespace new object operator out override params partial private protected public readonly record ref required return sbyte sealed set short sizeof stackalloc static string struct switch this throw try typeof uint ulong unchecked unsafe ushort using value var virtual void volatile when where while with yield",
    ),
    literals: words("true false null Console Task List Dictionary"),
  },
  css: {
    ...{ lineComments: [], blockComments: [["/*", "*/"]], ...plainQuotes, keyEnd: ":", directives: "@" },
    keywords: words("important from to and not only"),
    literals: words("auto none inherit initial unset revert var calc rgb rgba hsl url min max clamp"),
  },
  dockerfile: {
    ...hashes,
    ...plainQuotes,
    sigils: "$",
    leadingKeyword: true,
    keywords: words("AS"),
    literals: words(""),
  },
  go: {
    ...{ ...slashes, quotes: ['"', "`"], singleCharacters: true },
    keywords: words(
      "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var",
    ),
    literals: words(
      "true false nil iota append cap close copy delete len make new panic print println recover bool byte error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 any",
    ),
  },
  ini,
  java: {
    ...{ ...slashes, quotes: ['"""', '"'], singleCharacters: true, directives: "@" },
    keywords: words(
      "abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float for goto if implements import instanceof int interface long native new package permits private protected public record return sealed short static strictfp super switch synchronized this throw throws transient try var void volatile while yield",
    ),
    literals: words("true false null String Integer Long List Map Set Object System Override"),
  },
  javascript,
  json: { ...slashes, quotes: ['"'], keyEnd: ":", keywords: words(""), literals: words("true false null") },
  kotlin: {
    ...{ ...slashes, quotes: ['"""', '"'], singleCharacters: true, directives: "@" },
    keywords: words(
      "as break by catch class companion const constructor continue crossinline data do else enum external final finally for fun if import in infix init inline inner interface internal is lateinit noinline object open operator out override package private protected public reified return sealed super suspend tailrec this throw try typealias val var vararg when where while",
    ),
    literals: words("true false null Int Long String Boolean Unit Any List Map println"),
  },
  php: {
    ...{ lineComments: ["//", "#"], blockComments: [["/*", "*/"]], ...plainQuotes, sigils: "$" },
    keywords: words(
      "abstract and array as break callable case catch class clone const continue declare default do echo else elseif empty enum extends final finally fn for foreach function global goto if implements include include_once instanceof insteadof interface isset list match namespace new or print private protected public readonly require require_once return static switch throw trait try unset use var while xor yield",
    ),
    literals: words("true false null self parent int string bool float void mixed php"),
  },
  python: {
    ...{ ...hashes, quotes: ['"""', "'''", '"', "'"], directives: "@" },
    keywords: words(
      "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield",
    ),
    literals: words(
      "True False None self cls print len range int str float bool list dict set tuple bytes object super type open isinstance enumerate zip map filter sorted sum min max",
    ),
  },
  ruby: {
    ...{ ...hashes, quotes: ['"', "'", "`"], sigils: "$@" },
    keywords: words(
      "alias and begin break case class def defined do else elsif end ensure for if in module next not or redo require require_relative rescue retry return self super then undef unless until when while yield attr_accessor attr_reader attr_writer",
    ),
    literals: words("true false nil puts print raise lambda proc new"),
  },
  rust: {
    ...{ ...slashes, quotes: ['"'], singleCharacters: true, directives: "#" },
    keywords: words(
      "as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait type union unsafe use where while",
    ),
    literals: words(
      "true false Some None Ok Err String Vec Option Result Box i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str",
    ),
  },
  sql: {
    ...{ lineComments: ["--"], blockComments: [["/*", "*/"]], ...plainQuotes, anyCase: true },
    keywords: words(
      "add all alter and as asc begin between by cascade case check column commit constraint create cross database default delete desc distinct drop else end exists explain analyze fetch first foreign from full function grant group having if in index inner insert intersect into is join key lateral left like ilike limit materialized natural not offset on or order outer over partition primary procedure references returning revoke right rollback row rows select set table then to transaction trigger union unique update using values view when where with",
    ),
    literals: words(
      "null true false int integer bigint smallint serial text varchar char boolean date time timestamp timestamptz interval json jsonb uuid numeric decimal real count sum avg min max coalesce now",
    ),
  },
  swift: {
    ...{ ...slashes, quotes: ['"""', '"'], directives: "@#" },
    keywords: words(
      "actor as associatedtype async await break case catch class continue convenience default defer deinit do else enum extension fallthrough fileprivate final for func guard if import in indirect infix init inout internal is lazy let mutating nonisolated open operator optional override postfix prefix private protocol public repeat required rethrows return self Self some static struct subscript super switch throw throws try typealias unowned var weak where while any",
    ),
    literals: words("true false nil Int String Bool Double Float Array Dictionary Set Any print"),
  },
  typescript: {
    ...javascript,
    keywords: words(
      `${ofScript} abstract any asserts bigint boolean declare enum implements infer interface is keyof module namespace never number object override private protected public readonly satisfies string symbol type unique unknown`,
    ),
  },
  yaml: {
    ...{ ...hashes, ...plainQuotes, keyEnd: ":", keywords: words("") },
    literals: words("true false null yes no on off True False"),
  },
};

const aliases: Readonly<Record<string, string>> = {
  ...{ sh: "bash", zsh: "bash", shell: "bash", console: "bash", shellscript: "bash", "shell-session": "bash" },
  ...{
    h: "c",
    "c++": "cpp",
    cc: "cpp",
    cxx: "cpp",
    hpp: "cpp",
    cs: "csharp",
    "c#": "csharp",
    scss: "css",
    less: "css",
  },
  ...{ docker: "dockerfile", golang: "go", toml: "ini", properties: "ini", dotenv: "ini", env: "ini", conf: "ini" },
  ...{ js: "javascript", jsx: "javascript", mjs: "javascript", cjs: "javascript", jsonc: "json", json5: "json" },
  ...{
    jsonl: "json",
    kt: "kotlin",
    kts: "kotlin",
    py: "python",
    python3: "python",
    pyi: "python",
    rb: "ruby",
    rs: "rust",
  },
  ...{ postgresql: "sql", postgres: "sql", pgsql: "sql", mysql: "sql", sqlite: "sql", plsql: "sql" },
  ...{ ts: "typescript", tsx: "typescript", mts: "typescript", cts: "typescript", yml: "yaml" },
};

/** By any of the language's names, in lower case. */
export function grammarOf(language: string): Grammar | undefined {
  const name = Object.hasOwn(aliases, language) ? (aliases[language] ?? "") : language;
  return Object.hasOwn(grammars, name) ? grammars[name] : undefined;
}
