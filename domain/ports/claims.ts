/** Names that one caller at a time has, across all gateways. */
export interface Claims {
  /**
   * Takes the name for this long; it can't be given back sooner.
   * @returns false while another has it. @throws ChatError unavailable
   */
  take(name: string, forMs: number): Promise<boolean>;
}
