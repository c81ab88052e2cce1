/** Names that one caller at a time has, across all gateways. */
export interface Claims {
  /**
   * Takes the name for this long.
   * @returns false while another has it. @throws ChatError unavailable
   */
  take(name: string, forMs: number): Promise<boolean>;
  /** For whoever has it, while their time lasts. @throws ChatError unavailable */
  giveBack(name: string): Promise<void>;
}
