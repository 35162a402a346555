/**
 * Exponential histogram as in OpenTelemetry: bucket i holds (base^i, base^(i+1)], base = 2^(2^-scale).
 * When the buckets would be too many, neighbours are merged and the scale falls by one.
 */
export interface Histogram {
  count: number;
  /** Of wire steps. */
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  /** Index of buckets[0]. */
  offset: number;
  buckets: number[];
}

const maxBuckets = 40;
const startScale = 6;

export function newHistogram(): Histogram {
  return { count: 0, sum: 0, min: 0, max: 0, scale: startScale, zeroCount: 0, offset: 0, buckets: [] };
}

function indexOf(value: number, scale: number): number {
  // Upper bounds belong to their bucket.
  return Math.ceil((Math.log(value) / Math.LN2) * Math.pow(2, scale) - 1e-9) - 1;
}

function halve(histogram: Histogram): void {
  const first = Math.floor(histogram.offset / 2);
  const made: number[] = [];
  for (let i = 0; i < histogram.buckets.length; i++) {
    const to = Math.floor((histogram.offset + i) / 2) - first;
    made[to] = (made[to] || 0) + histogram.buckets[i];
  }
  histogram.buckets = made;
  histogram.offset = first;
  histogram.scale -= 1;
}

function putBucket(histogram: Histogram, index: number): void {
  if (histogram.buckets.length === 0) histogram.offset = index;
  while (index < histogram.offset) {
    histogram.buckets.unshift(0);
    histogram.offset -= 1;
  }
  while (index >= histogram.offset + histogram.buckets.length) histogram.buckets.push(0);
  histogram.buckets[index - histogram.offset] += 1;
}

function spanWith(histogram: Histogram, index: number): number {
  if (histogram.buckets.length === 0) return 1;
  const last = histogram.offset + histogram.buckets.length - 1;
  return Math.max(last, index) - Math.min(histogram.offset, index) + 1;
}

/** Counts one value (in wire steps). Values of 0 and below are counted as zero; minimum and sum still hold them. */
export function observe(histogram: Histogram, value: number): void {
  histogram.min = histogram.count === 0 ? value : Math.min(histogram.min, value);
  histogram.max = histogram.count === 0 ? value : Math.max(histogram.max, value);
  histogram.count += 1;
  histogram.sum += value;
  if (value <= 0) {
    histogram.zeroCount += 1;
    return;
  }
  let index = indexOf(value, histogram.scale);
  while (spanWith(histogram, index) > maxBuckets) {
    halve(histogram);
    index = indexOf(value, histogram.scale);
  }
  putBucket(histogram, index);
}

/** As it travels: count, sum, min, max, scale, zero count, offset, buckets. */
export function histogramItem(histogram: Histogram): number[] {
  const head = [
    histogram.count,
    histogram.sum,
    histogram.min,
    histogram.max,
    histogram.scale,
    histogram.zeroCount,
    histogram.offset,
  ];
  return head.concat(histogram.buckets);
}
