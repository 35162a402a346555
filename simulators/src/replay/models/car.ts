import { int, num, product, series, session } from '@usewire/protocol/model';
import { publishedData } from './purposes.ts';

/** A private car with a speed logger. Blocks of the series end at every hole, so distances never run across one. */
export const car = product('replay.car', 1, {
  title: 'Recorded car',
  purposes: publishedData,
  points: {
    speed: series({
      id: 1,
      for: 'research',
      unit: '[mi_i]/h',
      scale: 0.01,
      range: [0, 150],
      outside: 'keep',
      periodMs: 1000,
    }),
    trip: session({
      id: 2,
      for: 'research',
      attributes: {
        distance: num({ unit: '[mi_i]', scale: 0.0001, range: [0, 10_000] }),
        top_speed: num({ unit: '[mi_i]/h', scale: 0.01, range: [0, 150], outside: 'keep' }),
        driving_speed: num({ unit: '[mi_i]/h', scale: 0.01, range: [0, 150], outside: 'keep' }),
        stops: int(0, 10_000),
        longest_hole: int(0, 1_000_000, {
          unit: 's',
          description: 'Longest time between two samples of the trip',
        }),
      },
    }),
  },
});
