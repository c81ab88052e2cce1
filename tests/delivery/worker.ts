/** Who takes part in a run works on until it is told to stop. */

export interface Worker {
  readonly name: string;
  /** How much it did: acks of a writer, frames of a reader, tries of an outsider. */
  done(): number;
  /** Ends after what is in hand. */
  stop(): Promise<void>;
}
