import { describe, expect, it } from 'vitest';
import {
  distribution,
  event,
  gauge,
  oneOf,
  optional,
  product,
  series,
  session,
  text,
} from '../model/index.ts';
import { boardModelFile, toBoardModel } from './board-model.ts';

const purposes = {
  service: { basis: 'contract', code: 'service_provision' },
  health: { basis: 'consent', code: 'personalisation', special: true },
} as const;

const kettle = product('acme.kettle', 1, {
  purposes,
  subjects: ['me'],
  points: {
    boiled: event({
      id: 1,
      for: 'service',
      attributes: { water: oneOf('cup', 'a pot'), note: optional(text({ maxBytes: 9 })) },
    }),
    heat: gauge({ id: 2, for: 'service', range: [0, 120], scale: 0.1, priority: 'critical' }),
    kept: session({ id: 3, for: 'service', resolutionMs: 60_000 }),
    pulse: series({ id: 300, for: 'health', sensitivity: 'special', perSubject: true, periodMs: 250 }),
  },
});

describe('a model as a board carries it', () => {
  const made = toBoardModel(kettle);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));

  it.each([
    ['boiled', ['1\te\t0\t0\t1\t1', 'water\t0\te\tcup\ta pot', 'note\t1\tT\t9']],
    ['heat', ['2\tg\t0\t0\t0\t1', 'value\t-100\ti\t10\t1\t0\t1200']],
    ['kept', ['3\td\t0\t0\t1\t60000', 'value\t-100\ti\t1\t60000\t0\t9000000000000000']],
    ['pulse', ['300\tt\t6\t1\t1\t250', 'value\t-100\ti\t1\t1\t-9000000000000000\t9000000000000000']],
  ])('has one text for the point %s', (point, lines) => {
    expect(made.model.points[point]).toBe(lines.join('\n'));
  });

  it('names the purposes that need a grant, and the subjects', () => {
    expect(made.model).toMatchObject({ purposes: { health: 6 }, subjects: ['me'] });
  });

  it('is a file of ASCII that gives the same', () => {
    const file = boardModelFile(made.model);
    expect(file).toMatch(/^[\n -~]*$/);
    const exports: Record<string, unknown> = {};
    new Function('exports', file)(exports);
    const { description, ...data } = exports;
    expect(data).toEqual(JSON.parse(JSON.stringify(made.model)));
    expect((description as () => string)()).toBe(made.model.description!());
  });
});

it('what boards cannot record is named, all at once', () => {
  const noisy = product('acme.noisy', 1, {
    purposes,
    points: {
      noise: distribution({ id: 1, for: 'service' }),
      tea: event({ id: 2, for: 'service', attributes: { kind: oneOf('grün', 'black') } }),
    },
  });
  expect(toBoardModel(noisy)).toEqual({
    ok: false,
    problems: [
      { path: 'points.noise', message: 'boards do not record a distribution yet' },
      { path: 'points.noise.value', message: 'boards do not record histogram yet' },
      { path: 'points.tea.kind', message: "boards take ASCII labels only, not 'grün'" },
    ],
  });
});
