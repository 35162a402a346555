import { z } from 'zod';

/** In which order a sink gets its records, and how many batches at once; defaults of `order` and `maxConcurrent` are those of its type. */
export const sinkOrder = {
  order: z.enum(['kept', 'any']).optional(),
  maxConcurrent: z.int().min(1).max(64).optional(),
  /** Where order is not kept: what is older when its turn comes goes beside new records, as a part of the batches. */
  backlog: z
    .strictObject({
      afterSeconds: z.int().min(1).max(86_400).default(30),
      percent: z.int().min(1).max(99).default(25),
    })
    .prefault({}),
};
