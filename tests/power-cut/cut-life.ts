import { join } from 'node:path';
import { seededRandom } from '@usewire/device-sdk/testing';
import { cutPoints } from './cut-points.ts';
import { cutRandom } from './cut-random.ts';
import type { DiskStep } from './disk-log.ts';
import { writeImage } from './record-life.ts';
import { type DiskImage, type DiskOptions, recordedDisk } from './recorded-disk.ts';

/** A recorded process: what stood on the disk before it, and what it did to it. */
export interface Life {
  number: number;
  before: DiskImage;
  steps: readonly DiskStep[];
}

export interface Cutting {
  seed: number;
  cuts: number;
  /** The disk after a cut is laid into a folder below this one. */
  root: string;
  disk?: DiskOptions;
  onMark(text: string): void;
  /** What is wrong with the disk in `folder`, which is this call's to use up. */
  judge(folder: string): Promise<string[]>;
}

export interface CutReport {
  /** `life.cut: fault`: that cut can be made again. */
  faults: string[];
  /** The disk after the last cut: the next life may begin there. */
  last: DiskImage;
}

/** Cuts the power `cuts` times in one life. The marks before each cut are told before it is judged. */
export async function cutLife(life: Life, cutting: Cutting): Promise<CutReport> {
  const { seed, cuts, root, onMark, judge } = cutting;
  const random = seededRandom(seed + life.number);
  const points = cutPoints(life.steps, cuts, (limit) => Math.floor(random.next() * limit));
  const disk = recordedDisk(life.before, cutting.disk);
  const folder = join(root, 'cut');
  const faults: string[] = [];
  let last: DiskImage = life.before;
  let done = 0;
  for (const [cut, point] of points.entries()) {
    for (; done <= point; done += 1) {
      const step = life.steps[done]!;
      disk.apply(step);
      if (step.do === 'mark') onMark(step.text);
    }
    last = disk.afterCut(cutRandom(seed, life.number * 100_000 + cut));
    writeImage(folder, last);
    for (const fault of await judge(folder)) faults.push(`${life.number}.${cut}: ${fault}`);
  }
  return { faults, last };
}
