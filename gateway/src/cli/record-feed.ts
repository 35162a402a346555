import type { SinkRecord } from '../domain/ports.ts';

/** Where records come from: a running gateway, or its store. */
export interface RecordFeed {
  /** Records after a position ('end' = after the newest), and where to go on. */
  page(after: number | 'end'): Promise<{ records: TailRecord[]; next: number }>;
}

export type TailRecord = SinkRecord | { tenant: string; device: string; position: number; problem: string };
