import type { Random } from '#core/random.ts';

/** Reads one input that follows from the random numbers: whether it was accepted. Throws what the reader throws. */
export type Read = (random: Random) => Promise<boolean> | boolean;

/** Something of the program that reads what it cannot trust. */
export interface Reader {
  readonly name: string;
  /** Of the 250,000 inputs of a whole attack: fewer where one takes longer. */
  readonly share: number;
  /** Makes the valid inputs; what is needed on the disk goes into a folder that is gone afterwards. */
  open(folder: string): Promise<Read> | Read;
}

/** Throws where what a reader accepted is not what it should be. */
export function need(holds: boolean, what: string): void {
  if (!holds) throw new TypeError(`accepted, but ${what}`);
}
