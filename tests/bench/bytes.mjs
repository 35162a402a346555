import { pathToFileURL } from 'node:url';
import { jsonRows, jsonValues, senmlCbor, sparkplugB } from './lib/others.mjs';
import { createRandom } from './lib/random.mjs';
import { printTable, round } from './lib/table.mjs';
import { dataMessage, entriesOf, nightMessages, reconnect, timedMessage } from './lib/usewire.mjs';
import { createWorkload, heartRates } from './lib/workload.mjs';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const nightSamples = 28_800;
const nightMessageBytes = 4096;

const formats = {
  jsonRows: ['JSON rows', jsonRows],
  jsonValues: ['JSON, time and values', jsonValues],
  sparkplugB: ['Sparkplug B, aliases', sparkplugB],
  senmlCbor: ['SenML-CBOR', senmlCbor],
  plain: ['POU 1 plain, whole message', (workload) => dataMessage(entriesOf(workload), 'plain').length],
  packed: ['POU 1 packed, whole message', (workload) => dataMessage(entriesOf(workload), 'packed').length],
  plainTimed: [
    'POU 1 plain, with clock and age',
    (workload) => timedMessage(entriesOf(workload), 'plain').length,
  ],
  packedTimed: [
    'POU 1 packed, with clock and age',
    (workload) => timedMessage(entriesOf(workload), 'packed').length,
  ],
};

function bitsPerSample(seed) {
  const messages = nightMessages(heartRates(createRandom(seed), nightSamples), 'packed', nightMessageBytes);
  return (messages.reduce((sum, message) => sum + message.length, 0) * 8) / nightSamples;
}

function mean(of) {
  return seeds.reduce((sum, seed) => sum + of(seed), 0) / seeds.length;
}

/** Bytes of the workload (100 heart rates, 20 events, one sleep) in each format, of a night, and of a reconnect. */
export function measure() {
  const figures = {};
  for (const [name, [, size]] of Object.entries(formats)) {
    figures[name] = size(createWorkload(42));
    figures[`${name}Mean`] = round(
      mean((seed) => size(createWorkload(seed))),
      1,
    );
  }
  figures.nightBitsPerSample = round(bitsPerSample(42), 3);
  figures.nightBitsPerSampleMean = round(mean(bitsPerSample), 3);
  figures.reconnect = reconnect().length;
  return figures;
}

const goals = { plain: 300, packed: 150 };

/** Prints the table; the answer is the figures. */
export async function run() {
  const figures = measure();
  printTable(
    ['bytes', 'seed 42', 'mean of 20', 'of packed', 'goal'],
    Object.entries(formats).map(([name, [title]]) => [
      title,
      figures[name],
      figures[`${name}Mean`],
      `${round(figures[`${name}Mean`] / figures.packedMean, 1)} x`,
      goals[name] ? `<= ${goals[name]}` : '',
    ]),
  );
  const night = [figures.nightBitsPerSample, figures.nightBitsPerSampleMean];
  printTable(
    ['', 'seed 42', 'mean of 20', 'goal'],
    [
      ['night of 1 Hz heart rate, packed, bit/sample', ...night, '<= 3.0'],
      ['reconnect (hello), bytes', figures.reconnect, figures.reconnect, '<= 30'],
    ],
  );
  return figures;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
