/** Names that may stand after the fence of a code block. Anything else there is the code's first line. */

const names =
  "abap ada adoc agda apache apl applescript arduino asm asciidoc astro awk ballerina bash basic bat batch bazel bf bib bicep " +
  "brainfuck c c# c++ caddy cairo capnp carbon cc cjs clj cljs clojure cmake cmd cobol coffee coffeescript conf " +
  "console coq cpp cr crystal cs csharp css csv cts cu cuda cxx cypher cython d dart delphi desktop diff django docker dockerfile dot " +
  "dotenv ebnf edn eex ejs elisp elixir elm emacs-lisp env erb erl erlang ex exs f# f90 fish forth fortran fs fsharp gcode gdscript " +
  "gherkin git gitignore gleam glsl gml go golang gradle graphql graphviz groovy h haml handlebars haskell haxe hbs hcl heex " +
  "hlsl hpp hs html http hxx idris ini ino j jai java javascript jinja jinja2 jl js json json5 jsonc jsonl jsonnet jsp " +
  "jsx julia just justfile katex kdl kotlin kql kt kts latex lean less lhs liquid lisp livescript llvm log lua make makefile " +
  "markdown mathematica matlab md mdx mermaid mips mjs ml mojo mts mustache nasm nginx nim nix nu nushell objc objective-c " +
  "objectivec objective-c++ objcpp ocaml octave odin opencl pascal patch perl pgsql php pl plain plaintext plantuml plsql po " +
  "pod postcss postgres postgresql powershell pp prisma proc prolog promql properties proto protobuf ps1 pug puppet purescript pwsh " +
  "py py3 pycon pyi python python3 pyx qml r racket raku rb re reason reg regex rego rescript robot rs rst ruby rust sas sass sbt " +
  "scala scheme scm scss sed sh shell shell-session shellscript sml sol solidity sparql sql sqlite stylus svelte svg " +
  "swift systemd systemverilog t tcl templ terraform tex text tf toml tsv ts tsx turtle twig txt typescript typst v vala vb vba " +
  "vbnet verilog vhdl vim viml vue vyper wasm wat wgsl wiki xaml xhtml xml xsl xslt yaml yml zig zsh";

const known: ReadonlySet<string> = new Set(names.split(" "));

/** @returns in lower case, or undefined where it is no name of a language. */
export function codeLanguageOf(info: string): string | undefined {
  const name = info.trim().toLowerCase();
  return known.has(name) ? name : undefined;
}
