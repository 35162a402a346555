import { PurposeCode } from '@usewire/protocol/model';

/** Code of a purpose by its number or its name in the registry ('research'); null = there is none. */
export function purposeCode(word: string): number | null {
  const number = /^\d{1,2}$/.test(word) ? Number(word) : PurposeCode[word as keyof typeof PurposeCode];
  return number !== undefined && Object.values(PurposeCode).some((code) => code === number) ? number : null;
}

export function purposeWord(code: number): string {
  const found = Object.entries(PurposeCode).find(([, number]) => number === code);
  return found === undefined ? `purpose ${code}` : found[0];
}

export const purposeWords: readonly string[] = Object.keys(PurposeCode);
