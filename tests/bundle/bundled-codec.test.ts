import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as model from '@usewire/protocol/model';
import { encodeRecords, event, int, modelTable, product } from '@usewire/protocol/model';
import { build } from 'tsup';
import { afterAll, expect, it } from 'vitest';

const outDir = mkdtempSync(join(tmpdir(), 'usewire-codec-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

const lamp = product('test.lamp', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: {
    switched: event({ id: 1, for: 'service', attributes: { n: int(0, 999) } }),
  },
});

/**
 * Tests read the sources, users load bundles. They are compiled for different languages: in ES2022 a field that is only declared is set to
 * undefined after the base class was constructed, and a writer that lost its count wrote messages without records.
 */
it.each(['packed', 'plain'] as const)('a bundle writes the same %s bytes as the sources', async (form) => {
  await build({
    entry: { model: join(import.meta.dirname, '../../protocol/src/model/index.ts') },
    ...{ outDir, format: ['esm'], platform: 'node', target: 'node20', splitting: false, clean: false },
    ...{
      silent: true,
      config: false,
      dts: false,
      tsconfig: join(import.meta.dirname, '../../protocol/tsconfig.json'),
    },
  });
  const bundled = (await import(pathToFileURL(join(outDir, 'model.js')).href)) as typeof model;
  const table = modelTable(lamp);
  const point = table.points.findIndex((one) => one.name === 'switched');
  const entries = [0, 1, 2].map((n) => ({
    form: 'record' as const,
    point,
    atMs: 1_000 + n,
    values: [n],
  }));
  const written = bundled.encodeRecords(table, 1_000, entries, form);
  expect(written).toEqual(encodeRecords(table, 1_000, entries, form));
});
