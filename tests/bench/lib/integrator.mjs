import { createRequire } from 'node:module';
import { Decoder, Encoder } from 'cbor-x';
import { table } from './usewire.mjs';
import { eventTypes, words } from './workload.mjs';

const { z } = createRequire(new URL('../../../protocol/package.json', import.meta.url))('zod');

const attribute = ([name, least, most]) => [
  name,
  words[name] ? z.enum(words[name]) : z.number().int().min(least).max(most),
];

const record = z.discriminatedUnion(
  'point',
  eventTypes.map(([, point, fields]) =>
    z.strictObject({
      point: z.literal(point),
      at: z.number().int().nonnegative(),
      ...Object.fromEntries(fields.map(attribute)),
    }),
  ),
);

const message = z.strictObject({
  seq: z.number().int().nonnegative(),
  boot: z.number().int().nonnegative(),
  uptime: z.number().int().nonnegative(),
  epoch: z.number().int().nonnegative(),
  records: z.array(record).min(1),
});

function named(entry, baseMs) {
  const point = table.points[entry.point];
  const values = point.fields.map((field, i) => [
    field.name,
    field.labels ? field.labels[entry.values[i]] : entry.values[i],
  ]);
  return { point: point.name, at: entry.atMs - baseMs, ...Object.fromEntries(values) };
}

/** The same 20 events as objects with names, decoded and checked by the usual libraries. */
export function integrator(events) {
  const baseMs = events[0].atMs;
  const value = {
    seq: 412,
    boot: 37,
    uptime: baseMs,
    epoch: 3,
    records: events.map((entry) => named(entry, baseMs)),
  };
  const decoder = new Decoder({ useRecords: false, mapsAsObjects: true, int64AsNumber: true });
  const cbor = new Encoder({ useRecords: false, variableMapSize: true }).encode(value);
  const json = Buffer.from(JSON.stringify(value));
  return {
    json: () => JSON.parse(json).records.length,
    jsonZod: () => message.parse(JSON.parse(json)).records.length,
    cborX: () => decoder.decode(cbor).records.length,
    cborXZod: () => message.parse(decoder.decode(cbor)).records.length,
    encodeJson: () => Buffer.from(JSON.stringify(value)).length,
  };
}
