/** Keeps small secrets readable for this community's processes alone, wherever they are stored. */
export interface Sealer {
  seal(secret: string): Promise<string>;
  /** @throws Error when it was sealed by somebody else */
  unseal(sealed: string): Promise<string>;
}
