import { z } from 'zod';

const word = z.string().min(1).max(128);
const words = z.array(word).min(1).describe('a list of names');

const picks = z.strictObject({
  products: words.optional(),
  points: words.optional(),
  purposes: words.optional(),
});

/** As names in a model: what a sink gets has to be one. */
const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,47}$/)
  .describe('a name of a-z, 0-9 and _ that begins with a letter');

const fieldRule = z.strictObject({
  points: words.optional(),
  rename: z.record(z.string(), fieldName).optional(),
  drop: words.optional(),
  set: z
    .record(
      fieldName,
      z.union([z.string().max(128), z.number(), z.boolean()]).describe('text, a number, true or false'),
    )
    .optional(),
});

/** Which records a sink gets and how it sees them; `domain/select-records.ts` follows it. */
export const sinkRules = {
  /** What the sink is for: it never sees a record of another purpose. */
  purposes: words.optional(),
  /** Somebody else's: marketing and sale of people who have opted out never go there. */
  thirdParty: z.boolean().default(false),
  only: picks.optional(),
  except: picks.optional(),
  fields: z.array(fieldRule).min(1).describe('a list of rules').optional(),
};
