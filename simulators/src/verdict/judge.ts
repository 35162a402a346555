import { type Books, createBooks, type DeviceAccount } from './books.ts';
import { createFindings, type Finding, type Findings } from './findings.ts';
import { resolveLeftovers } from './leftovers.ts';
import { type Match, Stream, same } from './stream.ts';
import { counterSums, distributionSums, type Sums } from './sums.ts';
import { type Arrived, describe, deviceName, streamKey, type Truth } from './truth.ts';

export interface Verdict {
  passed: boolean;
  devices: number;
  /** Records that the SDKs accepted, that arrived (each once), and the sum of gap counts. */
  accepted: number;
  stored: number;
  gaps: number;
  duplicates: number;
  /** Records whose time came with no promise, so that it was not held against them. */
  unpromisedTimes: number;
  findings: Finding[];
  accounts: DeviceAccount[];
}

export interface JudgeOptions {
  /** Allowed error of a time that came from a synced clock without a bound. Default 1,000 ms. */
  toleranceMs?: number;
}

interface Placed {
  stream: Stream;
  boot: string;
  position: number;
  ordinal: number;
}

const SYNCED = 3;
/** Index of a record in its message is below this. */
const MESSAGE_RECORDS = 2 ** 20;

/**
 * Compares what the devices truly did with what came out at the far end. Takes all truth first (`expect`), then what arrived,
 * in any order; `verdict()` ends it. Keeps no clock and reads nothing by itself.
 */
export class Judge {
  private readonly toleranceMs: number;
  private readonly findings: Findings = createFindings();
  private readonly books: Books = createBooks();
  private readonly streams = new Map<string, Stream>();
  private readonly sums = new Map<string, Sums>();
  private readonly identities = new Map<string, Set<number>>();
  private readonly placed: Placed[] = [];
  private readonly strays: Arrived[] = [];
  private duplicates = 0;
  private unpromisedTimes = 0;

  constructor(options: JudgeOptions = {}) {
    this.toleranceMs = options.toleranceMs ?? 1000;
  }

  expect(line: Truth): void {
    if (line.kind === 'account') this.books.accept(line);
    else if (line.kind === 'counted' || line.kind === 'observed') this.sumsOf(line).add(line);
    else if (line.kind !== 'run') this.streamOf(line).expect(line);
  }

  arrive(record: Arrived): void {
    const account = this.books.of(deviceName(record));
    if (this.seenBefore(record)) {
      this.duplicates += 1;
      this.findings.add('duplicate', account.device, describe(record));
    } else if (record.pointId === 0) account.gaps += Number(record.value);
    else {
      account.stored += 1;
      this.place(record, account);
    }
  }

  verdict(): Verdict {
    checkOrder(this.placed, this.findings);
    const accounts = this.books.list();
    resolveLeftovers([...this.streams.values()], this.strays, accounts, this.findings);
    this.books.check(this.findings);
    const total = (pick: (one: DeviceAccount) => number): number =>
      accounts.reduce((sum, one) => sum + pick(one), 0);
    const findings = this.findings.list();
    return {
      passed: findings.length === 0,
      devices: accounts.length,
      accepted: total((one) => one.accepted),
      stored: total((one) => one.stored),
      gaps: total((one) => one.gaps),
      duplicates: this.duplicates,
      unpromisedTimes: this.unpromisedTimes,
      findings,
      accounts,
    };
  }

  private streamOf(line: Extract<Truth, { kind: 'record' | 'samples' }>): Stream {
    const key = streamKey(line);
    let stream = this.streams.get(key);
    if (stream === undefined) {
      stream = new Stream(deviceName(line), line.point, line.subject);
      this.streams.set(key, stream);
    }
    return stream;
  }

  private sumsOf(line: Extract<Truth, { kind: 'counted' | 'observed' }>): Sums {
    const key = `${streamKey(line)} ${line.boot}`;
    let sums = this.sums.get(key);
    if (sums === undefined) {
      sums = line.kind === 'counted' ? counterSums() : distributionSums();
      this.sums.set(key, sums);
    }
    return sums;
  }

  /** True when this very record was seen before: same message, same place in it. */
  private seenBefore(record: Arrived): boolean {
    const key = `${deviceName(record)} ${record.boot}`;
    let seen = this.identities.get(key);
    if (seen === undefined) {
      seen = new Set();
      this.identities.set(key, seen);
    }
    const position = record.seq * MESSAGE_RECORDS + record.index;
    if (seen.has(position)) return true;
    seen.add(position);
    return false;
  }

  private place(record: Arrived, account: DeviceAccount): void {
    const key = streamKey(record);
    const sums = this.sums.get(`${key} ${record.boot}`);
    if (sums !== undefined) {
      this.checkSum(record, sums);
      return;
    }
    const stream = this.streams.get(key);
    const match: Match = stream === undefined ? { kind: 'none' } : stream.match(record);
    if (match.kind === 'none') this.strays.push(record);
    else if (match.kind === 'match') this.checkMatch(record, stream!, match);
    else {
      this.duplicates += 1;
      account.stored -= 1;
      this.findings.add(
        'duplicate',
        account.device,
        `${describe(record)}: recorded once, arrived in two messages`,
      );
    }
  }

  private checkSum(record: Arrived, sums: Sums): void {
    const fault = sums.check(record);
    if (fault !== null) this.findings.add('value', deviceName(record), `${describe(record)}: ${fault}`);
    const trueMs = sums.atMs(record.uptimeMs);
    if (trueMs !== null) this.checkTime(record, trueMs);
  }

  private checkMatch(record: Arrived, stream: Stream, match: Extract<Match, { kind: 'match' }>): void {
    const { expected, ordinal } = match;
    expected.found = true;
    if (!same(expected, record)) {
      const truth = JSON.stringify({ value: expected.value, ...expected.attributes });
      this.findings.add('value', stream.device, `${describe(record)}: ${truth} was recorded`);
    }
    // What a sample was moved to get to its place is no error of the clock.
    this.checkTime(record, expected.atMs, record.uptimeMs === expected.uptimeMs ? 0 : stream.slackMs());
    this.placed.push({
      stream,
      boot: record.boot,
      position: record.seq * MESSAGE_RECORDS + record.index,
      ordinal,
    });
  }

  private checkTime(record: Arrived, trueMs: number, slackMs = 0): void {
    const boundMs = record.timeBoundMs ?? (record.timeQuality >= SYNCED ? this.toleranceMs : null);
    if (boundMs === null) {
      this.unpromisedTimes += 1;
      return;
    }
    const errorMs = Math.abs(record.atMs - trueMs);
    // A rounded ms on either side is no error.
    if (errorMs <= boundMs + slackMs + 1) return;
    this.findings.add(
      'time',
      deviceName(record),
      `${describe(record)}: ${errorMs} ms off, stated ${boundMs} ms`,
    );
  }
}

/** The verdict over complete lists; a pure function. */
export function judge(truth: Iterable<Truth>, arrived: Iterable<Arrived>, options?: JudgeOptions): Verdict {
  const made = new Judge(options);
  for (const line of truth) made.expect(line);
  for (const record of arrived) made.arrive(record);
  return made.verdict();
}

/** By message and place in it, the records of one recorder must stand as they were made. */
function checkOrder(placed: Placed[], findings: Findings): void {
  const lanes = new Map<Stream, Map<string, Placed[]>>();
  for (const one of placed) {
    const boots = lanes.get(one.stream) ?? new Map<string, Placed[]>();
    lanes.set(one.stream, boots);
    const lane = boots.get(one.boot) ?? [];
    boots.set(one.boot, lane);
    lane.push(one);
  }
  for (const [stream, boots] of lanes) {
    for (const lane of boots.values()) {
      lane.sort((a, b) => a.position - b.position);
      const late = firstLate(stream, lane);
      if (late === undefined) continue;
      const { uptimeMs } = stream.expected[late.ordinal]!;
      findings.add(
        'order',
        stream.device,
        `${stream.point} of uptime ${uptimeMs} ms stands behind a later one`,
      );
    }
  }
}

/** Twins may stand for each other: of two that were the same, the first may be the one that is lost, or that came later. */
function firstLate(stream: Stream, lane: readonly Placed[]): Placed | undefined {
  let last = -1;
  return lane.find(({ ordinal }) => {
    const next = stream.twins(ordinal).find((twin) => twin > last);
    if (next === undefined) return true;
    last = next;
    return false;
  });
}
