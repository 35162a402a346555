import { z } from 'zod';

/**
 * Types of a model file's values. Keys stay open here: unknown ones are found after defaults are filled in, by the same code that
 * checks `product()`, which knows the nearest right one.
 */
const texts = { title: z.string().optional(), description: z.string().optional() };
const number = {
  unit: z.string().optional(),
  range: z.tuple([z.number(), z.number()]).optional(),
  scale: z.number().optional(),
  outside: z.string().optional(),
  delta: z.boolean().optional(),
};

const attributeShape = z.looseObject({
  type: z.string(),
  optional: z.boolean().optional(),
  ...texts,
  ...number,
  labels: z.array(z.string()).optional(),
  maxBytes: z.number().optional(),
});

const pointShape = z.looseObject({
  kind: z.string(),
  id: z.number(),
  for: z.string(),
  ...texts,
  ...number,
  sensitivity: z.string().optional(),
  perSubject: z.boolean().optional(),
  retentionDays: z.number().optional(),
  priority: z.string().optional(),
  resolutionMs: z.number().optional(),
  periodMs: z.number().optional(),
  values: z.array(z.string()).optional(),
  attributes: z.record(z.string(), attributeShape).optional(),
  context: z.array(z.string()).optional(),
});

const purposeShape = z.looseObject({
  basis: z.string(),
  code: z.string(),
  special: z.boolean().optional(),
  ...texts,
});

const settingShape = z.looseObject({
  id: z.number(),
  type: attributeShape,
  default: z.union([
    z.number(),
    z.string(),
    z.boolean(),
    z.looseObject({ lat: z.number(), lon: z.number() }),
  ]),
  ...texts,
});

const commandShape = z.looseObject({
  id: z.number(),
  arguments: z.record(z.string(), attributeShape).optional(),
  ...texts,
});

const ruleShape = z.looseObject({
  when: z.string(),
  above: z.number().optional(),
  below: z.number().optional(),
  equals: z.string().optional(),
  forMs: z.number().optional(),
  emit: z.string(),
});

export const modelShape = z.looseObject({
  product: z.string(),
  version: z.number(),
  ...texts,
  purposes: z.record(z.string(), purposeShape),
  subjects: z.array(z.string()).optional(),
  intents: z.array(z.string()).optional(),
  actors: z.array(z.string()).optional(),
  points: z.record(z.string(), pointShape),
  config: z.record(z.string(), settingShape).optional(),
  commands: z.record(z.string(), commandShape).optional(),
  rules: z.array(ruleShape).optional(),
});

export type AttributeShape = z.infer<typeof attributeShape>;
export type SettingShape = z.infer<typeof settingShape>;
export type ModelShape = z.infer<typeof modelShape>;

/** Every key that a model file may have somewhere. */
export const modelFileKeys: readonly string[] = [
  modelShape,
  purposeShape,
  pointShape,
  attributeShape,
  settingShape,
  commandShape,
  ruleShape,
].flatMap((shape) => Object.keys(shape.shape));
