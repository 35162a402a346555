import type { SealRow } from './seal-row.ts';

type What = [id: string, requirement: string, description: string];

/** `says` = [code, answer]; an answer of null: the sender hears nothing. */
export function refused(
  what: What,
  says: [string, string | null],
  row: SealRow,
  changes: Partial<SealRow> = {},
): SealRow {
  const [id, requirement, description] = what;
  const [code, answer] = says;
  return {
    ...row,
    id: `seal-refused/${id}`,
    requirement,
    description,
    message: null,
    verdict: 'reject',
    code,
    answer,
    ...changes,
  };
}
