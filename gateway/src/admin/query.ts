import { z } from 'zod';

export const wholeNumber = (fallback: number, most: number) =>
  z.coerce.number().int().min(0).max(most).default(fallback);

export const quarantineFilter = z.strictObject({
  tenant: z.string().max(32).optional(),
  device: z.string().max(32).optional(),
  reason: z.string().max(64).optional(),
  id: z.coerce.number().int().min(1).optional(),
  sinceMs: z.coerce.number().int().min(0).optional(),
  beforeId: z.coerce.number().int().min(1).optional(),
  afterId: z.coerce.number().int().min(0).optional(),
});

export const quarantineQuery = quarantineFilter.extend({ limit: wholeNumber(100, 1_000) });
