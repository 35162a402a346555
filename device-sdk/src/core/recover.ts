import type { Tree } from '@usewire/protocol/wire';
import { bootKey } from './boot.ts';
import type { CutJob } from './cut.ts';
import type { JournalFound, RunFound } from './journal.ts';
import { damaged, type Losses, power } from './losses.ts';
import { batchName, type Hole, type MessagesFound } from './outbox.ts';
import { plainRecords, type StoredRow } from './rows.ts';

/** Rows of a run that is over, of one batch and one epoch. */
interface OpenRows {
  run: RunFound;
  batch: number;
  epoch: number;
  rows: StoredRow[];
  numbers: number[];
}

/** What no message has yet. Rows that are missing between others are owed, unless a message has them. */
function openRows(found: JournalFound, messages: MessagesFound, losses: Losses): OpenRows[] {
  const groups: OpenRows[] = [];
  const next: { [batch: string]: number } = {};
  for (let i = 0; i < found.rows.length; i++) {
    const part = found.rows[i];
    const name = batchName(bootKey(part.run.boot), part.batch);
    const ranges = messages.rows[name] || [];
    const isOpen = (number: number): boolean =>
      !ranges.some((range) => number >= range[0] && number < range[1]);
    for (let number = next[name] || 0; number < part.first && !part.isStart; number++) {
      if (isOpen(number)) losses.owe(power, 1, -1);
    }
    next[name] = part.first + part.rows.length;
    let group = groups.filter(
      (each) => each.run === part.run && each.batch === part.batch && each.epoch === part.epoch,
    )[0];
    if (group === undefined) {
      group = { run: part.run, batch: part.batch, epoch: part.epoch, rows: [], numbers: [] };
      groups.push(group);
    }
    for (let row = 0; row < part.rows.length; row++) {
      if (!isOpen(part.first + row)) continue;
      group.rows.push(part.rows[row]);
      group.numbers.push(part.first + row);
    }
  }
  return groups.filter((group) => group.rows.length > 0);
}

/**
 * Owes what of these holes no debt holds yet, and adds it to `owed`. Rows that the journal still has may be those of a message that is
 * lost: these are not owed, so that no loss is told in excess.
 */
export function oweHoles(holes: Hole[], owed: Hole[], recoveries: Recovery[], losses: Losses): void {
  const found = [0, 0, 0, 0];
  for (let i = 0; i < recoveries.length; i++) found[recoveries[i].job.batch & 3] += recoveries[i].rows.length;
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i];
    const known = owed.reduce((sum, each) => {
      const isInside = each[0] === hole[0] && each[1] >= hole[1] && each[1] < hole[1] + hole[2];
      return isInside ? sum + each[2] : sum;
    }, 0);
    if (hole[2] <= known) continue;
    const kept = Math.min(found[hole[0]], hole[2] - known);
    found[hole[0]] -= kept;
    losses.owe(damaged, hole[2] - known - kept, -1);
    owed.push([hole[0], hole[1], hole[2] - known]);
  }
}

/** Rows of a run that is over, on their way into messages. */
export interface Recovery {
  run: RunFound;
  rows: StoredRow[];
  job: CutJob;
  /** Rows before `to` are part of messages that are durable with `stamp`. */
  leaving: { to: number; stamp: number }[];
  /** Rows before are durable as messages. */
  from: number;
}

/** What a snapshot says of it: `[boot, hash, next seq, clock, ...[batch, epoch, first, ...rows]]`, a group for each stretch of numbers. */
export function recoveryTree(recovery: Recovery, isDurable: (stamp: number) => boolean): Tree | null {
  while (recovery.leaving.length > 0 && isDurable(recovery.leaving[0].stamp)) {
    recovery.from = (recovery.leaving.shift() as { to: number }).to;
  }
  const job = recovery.job;
  const groups: Tree[][] = [];
  for (let i = recovery.from; i < recovery.rows.length; i++) {
    const isNext = i > recovery.from && job.numbers[i] === job.numbers[i - 1] + 1;
    if (!isNext) groups.push([job.batch, job.epoch, job.numbers[i]]);
    groups[groups.length - 1].push(recovery.rows[i]);
  }
  const anchor = recovery.run.anchor === null ? undefined : recovery.run.anchor;
  const head = [recovery.run.boot, recovery.run.hash, job.seq.next, anchor];
  return groups.length === 0 ? null : (head as Tree[]).concat(groups);
}

/** The rows of runs that are over, by batch and epoch. */
export function recoveriesOf(
  found: JournalFound,
  messages: MessagesFound,
  losses: Losses,
  maxBytes: number,
  onMessage: CutJob['onMessage'],
): Recovery[] {
  const seqs: { [boot: string]: { next: number } } = {};
  return openRows(found, messages, losses).map((group) => {
    const boot = bootKey(group.run.boot);
    seqs[boot] = seqs[boot] || { next: Math.max(messages.seqs[boot] || 0, group.run.seq) };
    const job: CutJob = {
      boot: group.run.boot,
      hash: group.run.hash,
      batch: group.batch,
      epoch: group.epoch,
      anchor: group.run.anchor,
      nowMs: -1,
      isSent: false,
      maxBytes,
      debts: [],
      toldId: 0,
      from: 0,
      times: group.rows.map((row) => row[1] as number),
      numbers: group.numbers,
      seq: seqs[boot],
      records: (from, to, baseMs) => plainRecords(group.rows.slice(from, to), baseMs),
      onMessage,
    };
    return { run: group.run, rows: group.rows, job, leaving: [], from: 0 };
  });
}
