/** The part of the global htmx this code uses; htmx itself is a script of its own, loaded before. */

declare const htmx: {
  /** Wires up the htmx attributes inside `root`; `force` tears down what was wired before. */
  process(root: Element, force?: boolean): void;
};

export const wireUp = (root: Element, force = false) => htmx.process(root, force);
