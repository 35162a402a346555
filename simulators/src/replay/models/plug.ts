import { gauge, int, num, oneOf, product, session } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

/** A metering plug with an appliance behind it. */
export const plug = product('replay.plug', 1, {
  title: 'Recorded appliance on a metering plug',
  purposes: publishedData,
  points: {
    power: gauge({
      id: 1,
      for: 'research',
      unit: 'W',
      range: [0, 4000],
      outside: 'keep',
      delta: true,
      attributes: {
        smoothed: int(0, 4000, { unit: 'W', outside: 'keep', delta: true, description: 'Mean of 8 s' }),
      },
    }),
    run: session({
      id: 2,
      for: 'research',
      description: 'Over 5 W, joined over idle times up to 10 min',
      attributes: {
        energy: num({ unit: 'W.h', scale: 0.01, range: [0, 100_000] }),
        peak: int(0, 4000, { unit: 'W', outside: 'keep' }),
        seen: oneOf('whole', 'start', 'end', 'middle'),
      },
    }),
  },
});
