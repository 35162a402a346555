import { describe, expect, it } from 'vitest';
import { measure } from '../bench/bytes.mjs';

// Sizes are no timings: the seeds are fixed, so these ceilings hold everywhere or nowhere.
describe('bytes of the workload of 100 heart rates, 20 events and a sleep, head of the message included', () => {
  const figures = measure();

  it('are at most 300 plain', () => {
    expect(figures.plain).toBeLessThanOrEqual(300);
    expect(figures.plainMean).toBeLessThanOrEqual(300);
  });

  it('are at most 150 packed', () => {
    expect(figures.packed).toBeLessThanOrEqual(150);
    expect(figures.packedMean).toBeLessThanOrEqual(145);
  });

  it('are less than a ninth of SenML-CBOR and of Sparkplug B, plain', () => {
    expect(figures.plainMean! * 9).toBeLessThan(Math.min(figures.senmlCborMean!, figures.sparkplugBMean!));
  });

  it('are at most 2.7 bits a sample for a night of heart rates in messages of 4 KiB', () => {
    expect(figures.nightBitsPerSample).toBeLessThanOrEqual(2.7);
    expect(figures.nightBitsPerSampleMean).toBeLessThanOrEqual(2.7);
  });

  it('are at most 30 for the hello of a reconnect', () => {
    expect(figures.reconnect).toBeLessThanOrEqual(30);
  });
});
