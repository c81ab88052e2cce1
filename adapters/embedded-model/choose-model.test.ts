import { expect, test } from "bun:test";
import { chooseModels } from "./choose-model.ts";

const gigabyte = 1e9;
const none = () => false;
const names = (wish: string, disk: number, memory: number, kept: (name: string) => boolean = none) =>
  chooseModels(wish, { freeDiskBytes: disk * gigabyte, freeMemoryBytes: memory * gigabyte }, ({ name }) =>
    kept(name),
  ).map(({ name }) => name);

test("where there is room the useful ones come first, and the toy is what is left", () => {
  expect(names("auto", 10, 10)).toEqual(["qwen2.5:1.5b", "qwen2.5-coder:1.5b", "smollm2:135m"]);
});

test.each([
  [1.3, 2.5, "qwen2.5:1.5b"],
  [1.2, 2.5, "smollm2:135m"],
  [1.3, 2.4, "smollm2:135m"],
])("with %f GB of disk and %f GB of memory it is %s", (disk, memory, first) => {
  expect(names("auto", disk, memory)[0]).toBe(first);
});

test("what is on disk needs no more of it, and is taken before an equal one that has to be fetched", () => {
  expect(names("auto", 0, 10, (name) => name === "qwen2.5:1.5b")).toEqual(["qwen2.5:1.5b"]);
  expect(names("auto", 10, 10, (name) => name === "qwen2.5-coder:1.5b")[0]).toBe("qwen2.5-coder:1.5b");
  expect(names("auto", 10, 10, (name) => name === "smollm2:135m")[0]).toBe("qwen2.5:1.5b");
});

test("a name is taken at its word; what does not fit or is not known is said", () => {
  expect(names("smollm2:135m", 10, 10)).toEqual(["smollm2:135m"]);
  expect(() => names("qwen2.5:1.5b", 1, 10)).toThrow(
    "qwen2.5:1.5b needs 1.3 GB of disk and 2.5 GB of memory; free are 1.0",
  );
  expect(() => names("auto", 0.1, 10)).toThrow("smollm2:135m needs 0.2 GB of disk");
  expect(() => names("nope:1b", 10, 10)).toThrow(
    "nope:1b is not a model that can be fetched here. There are: qwen2.5:1.5b,",
  );
});
