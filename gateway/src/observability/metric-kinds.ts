import { Counter, Gauge, type Registry } from 'prom-client';

/** Of every metric of a gateway. */
const PREFIX = 'usewire_gateway_';

export type Sample = [labels: Record<string, string>, value: number];

export interface Series {
  name: string;
  help: string;
  label?: string;
  read(): Sample[];
}

export function labelled(label: string, counts: Record<string, number>): Sample[] {
  return Object.entries(counts).map(([value, count]) => [{ [label]: value }, count]);
}

export function counter(registry: Registry, { name, help, label, read }: Series): void {
  const metric: Counter = new Counter({
    name: PREFIX + name,
    help,
    labelNames: label ? [label] : [],
    registers: [registry],
    collect() {
      metric.reset();
      for (const [labels, value] of read()) metric.inc(labels, value);
    },
  });
}

export function gauge(registry: Registry, { name, help, label, read }: Series): void {
  const metric: Gauge = new Gauge({
    name: PREFIX + name,
    help,
    labelNames: label ? [label] : [],
    registers: [registry],
    collect() {
      // A sink that is gone is told no more.
      metric.reset();
      for (const [labels, value] of read()) metric.set(labels, value);
    },
  });
}
