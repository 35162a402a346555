import { createRandom } from './random.mjs';

/**
 * The workload of the comparison: 100 heart rates at 1 Hz, 20 usage events at Poisson times, one sleep session. Numbers are
 * integers with a known distribution, so that the least possible size is known (about 93 B without time and identity).
 */
export function heartRates(random, count) {
  const samples = [];
  let x = 58;
  for (let i = 0; i < count; i++) {
    x = Math.round(58 + 0.97 * (x - 58) + 1.2 * random.normal());
    samples.push(x);
  }
  return samples;
}

/** [share, name, attributes as [name, least, greatest]]; an attribute with labels is an enum. */
export const eventTypes = [
  [
    0.45,
    'position_changed',
    [
      ['preset', 0, 3],
      ['angle', 0, 60],
      ['source', 0, 2],
    ],
  ],
  [
    0.25,
    'massage_started',
    [
      ['program', 0, 2],
      ['level', 1, 5],
      ['duration', 5, 60],
    ],
  ],
  [
    0.2,
    'light_changed',
    [
      ['brightness', 0, 100],
      ['colour', 0, 2],
      ['source', 0, 2],
    ],
  ],
  [
    0.1,
    'alarm_dismissed',
    [
      ['snooze', 0, 5],
      ['method', 0, 2],
      ['delay', 0, 600],
    ],
  ],
];

/** The attributes that are one of a few words. */
export const words = {
  preset: ['flat', 'zero_g', 'tv', 'lounge'],
  source: ['remote', 'app', 'voice'],
  program: ['wave', 'pulse', 'relax'],
  colour: ['warm', 'white', 'blue'],
  method: ['button', 'app', 'voice'],
};

function pickType(random) {
  let left = random.next();
  return eventTypes.findIndex(([share], i) => {
    left -= share;
    return left < 0 || i === eventTypes.length - 1;
  });
}

function usageEvents(random, count) {
  const events = [];
  let atS = 0;
  for (let i = 0; i < count; i++) {
    atS += Math.round(random.exponential(600));
    const type = pickType(random);
    events.push({ atS, type, values: eventTypes[type][2].map(([, least, most]) => random.int(least, most)) });
  }
  return events;
}

export const sleepFields = [
  'asleep',
  'awakenings',
  'deep',
  'rem',
  'hr_mean',
  'hr_min',
  'respiration',
  'score',
];

/** Minutes; respiration in tenths of a breath. Start and duration make it ten fields. */
function sleepSession(random) {
  const duration = Math.round(430 + 45 * random.normal());
  const asleep = Math.round(duration * (0.86 + 0.08 * random.next()));
  const hrMean = Math.round(57 + 4 * random.normal());
  return {
    atS: random.int(60, 600),
    duration,
    values: [
      asleep,
      random.int(0, 8),
      Math.round(asleep * (0.15 + 0.1 * random.next())),
      Math.round(asleep * (0.18 + 0.08 * random.next())),
      hrMean,
      hrMean - random.int(4, 10),
      Math.round(145 + 10 * random.normal()),
      random.int(55, 97),
    ],
  };
}

/** Uptime of the workload's start: a device that has been on for eleven days. */
export const baseS = 1_000_003;

export function createWorkload(seed) {
  const random = createRandom(seed);
  return {
    seed,
    heartRates: heartRates(random, 100),
    events: usageEvents(random, 20),
    sleep: sleepSession(random),
  };
}
