import type { ModelTable } from '@usewire/protocol/model';

type Subjects = Pick<ModelTable, 'subjects'>;

/** What models of one product call a slot. */
export function slotNames(tables: readonly Subjects[], slot: number): string[] {
  const names = tables.map(({ subjects }) => subjects[slot - 1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Slot of a subject as people name it: absent = everybody (null); undefined = nobody is called that. */
export function slotIn(
  tables: readonly Subjects[],
  named: number | string | undefined,
): number | null | undefined {
  if (typeof named !== 'string') return named ?? null;
  const slots = tables.map(({ subjects }) => subjects.indexOf(named) + 1);
  return slots.find((slot) => slot > 0);
}
