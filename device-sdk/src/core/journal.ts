import { decodeTree, type Tree, type TreeMap } from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';
import { scanFrames } from './frame.ts';
import type { Hole } from './outbox.ts';
import type { StoragePort } from './ports.ts';

/*
 * The journal: rows that are not part of a message yet, and facts about the messages. Each frame is a map; a snapshot says everything
 * anew, so older files may go once it is durable, and with them every segment that it does not count any more. A run begins with one.
 * Labels: 0 snapshot, 1 boot, 2 model hash, 3 and 4 front of the lanes, 5 told, 6 next message id, 7 last debt, 8 clock, 9 rows, 10 debts,
 * 11 done, 12 sent, 13 holes, 14 rows of runs before, 15 next seq.
 */
const prefix = 'j-';

export function journalName(number: number): string {
  return prefix + number;
}

/** Time of day at an uptime: `[uptime ms, unix ms, quality, ? bound ms]`. */
export type Anchor = number[];

/** A run of the device, as far as its rows need it. */
export interface RunFound {
  boot: Boot;
  /** First bytes of the hash of its model. */
  hash: Uint8Array;
  /** At least: numbers below are in use. */
  seq: number;
  anchor: Anchor | null;
}

/** Rows `first` and following of a batch. */
export interface RowsFound {
  run: RunFound;
  batch: number;
  epoch: number;
  first: number;
  rows: Tree[][];
  /** Of a snapshot: rows before it are part of messages. */
  isStart: boolean;
}

export interface JournalFound {
  /** The last one; null: nothing could be read. */
  run: RunFound | null;
  numbers: number[];
  positions: number[];
  toldId: number;
  nextId: number;
  lastDebt: number;
  rows: RowsFound[];
  /** `[id, cause, count]` */
  debts: number[][];
  done: { [id: number]: boolean };
  sent: { [id: number]: boolean };
  /** Unreadable records that some debt holds already. */
  holes: Hole[];
  names: string[];
  /** Number of the next file. */
  number: number;
}

function nothingFound(): JournalFound {
  return {
    run: null,
    numbers: [1, 1, 1, 1],
    positions: [0, 0, 0, 0],
    toldId: 0,
    nextId: 1,
    lastDebt: 0,
    rows: [],
    debts: [],
    done: {},
    sent: {},
    holes: [],
    names: [],
    number: 1,
  };
}

/** Of `[boot, hash, next seq, clock]`. */
function runOf(tree: Tree[]): RunFound {
  const anchor = tree[3] === undefined ? null : (tree[3] as number[]);
  return {
    boot: tree[0] as Boot,
    hash: new Uint8Array(tree[1] as Uint8Array),
    seq: tree[2] as number,
    anchor,
  };
}

function addSnapshot(found: JournalFound, map: TreeMap): void {
  found.run = runOf([map[1], map[2], map[15]]);
  found.numbers = map[3] as number[];
  found.positions = map[4] as number[];
  found.toldId = map[5] as number;
  found.nextId = map[6] as number;
  found.rows = [];
  found.debts = [];
  found.done = {};
  found.sent = {};
  found.holes = [];
}

function addIds(ids: { [id: number]: boolean }, tree: Tree | undefined): void {
  const list = (tree || []) as number[];
  for (let i = 0; i < list.length; i++) ids[list[i]] = true;
}

function addRows(found: JournalFound, run: RunFound, groups: Tree[][], isStart: boolean): void {
  for (let i = 0; i < groups.length; i++) {
    const head = groups[i] as number[];
    const rows = groups[i].slice(3) as Tree[][];
    found.rows.push({ run, batch: head[0], epoch: head[1], first: head[2], rows, isStart });
  }
}

function addFrame(found: JournalFound, map: TreeMap): void {
  if (map[0]) addSnapshot(found, map);
  const run = found.run;
  if (run === null) return;
  if (map[8]) run.anchor = map[8] as number[];
  addRows(found, run, (map[9] || []) as Tree[][], map[0] === true);
  const former = (map[14] || []) as Tree[][];
  for (let i = 0; i < former.length; i++) {
    addRows(found, runOf(former[i]), former[i].slice(4) as Tree[][], true);
  }
  found.debts = found.debts.concat((map[10] || []) as number[][]);
  found.lastDebt = map[7] as number;
  addIds(found.done, map[11]);
  addIds(found.sent, map[12]);
  found.holes = found.holes.concat((map[13] || []) as number[][]);
}

/** What a former run left. Damaged frames are passed over. */
export function readJournal(storage: StoragePort): JournalFound {
  const found = nothingFound();
  const numbers = storage
    .list()
    .filter((name) => name.indexOf(prefix) === 0)
    .map((name) => Number(name.substring(2)));
  numbers.sort((a, b) => a - b);
  for (let i = 0; i < numbers.length; i++) {
    const name = prefix + numbers[i];
    const bytes = storage.read(name, 0, storage.size(name));
    found.names.push(name);
    found.number = numbers[i] + 1;
    if (bytes === null) continue;
    scanFrames(bytes, (content) => {
      const map = decodeTree(content) as TreeMap | null;
      if (map !== null) addFrame(found, map);
    });
  }
  return found;
}
