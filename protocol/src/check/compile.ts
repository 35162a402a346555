import type { ModelTable } from '../model/table.ts';
import { type Clock, type CodeNumber, decodeMessage } from '../wire/index.ts';
import type { DataColumns } from './columns.ts';
import { planModel } from './compile-fields.ts';
import { createEnvelope, type Envelope, readEnvelope } from './decode-envelope.ts';
import { createState, type DecodeState, startState } from './decode-state.ts';

/** A data message that is right by the wire rules and by the model. */
export interface DataAccepted {
  ok: true;
  seq: number;
  /** Boot counter, or 8 random bytes (a view into the message). */
  boot: number | Uint8Array;
  /** Uptime of the base. */
  uptimeMs: number;
  epoch: number;
  clock: Clock | null;
  /** 0 = nobody in particular, n = subjects[n - 1]. */
  subject: number;
  /** From the base to encoding. */
  ageMs: number;
  /** Records that are no gaps. */
  recordCount: number;
  /** Sum of the counts of gap records. */
  gapCount: number;
  /** Purposes of its records that rest on a person's consent: `consentBit`s; 0 = none does. */
  consentPurposes: number;
  /** Reused: valid until the checker's next `check`. */
  columns: DataColumns;
  /** Where label 7 starts in `bytes`: text, bytes, locations and histograms are read from there when they are wanted. */
  bytes: Uint8Array;
  recordsAt: number;
}

export interface DataRefused {
  ok: false;
  code: CodeNumber;
  offset: number;
  detail: string;
}

export type DataVerdict = DataAccepted | DataRefused;

export interface DataChecker {
  readonly table: ModelTable;
  /** Never throws and never reads outside `bytes`, whatever they are. Not reentrant: the columns belong to the checker. */
  check(bytes: Uint8Array): DataVerdict;
}

/**
 * The general decoder knows the faults of the envelope and of CBOR, this one those of the records. The first offence in byte order
 * counts, and at one place the general one (POU-CBOR-14).
 */
function refusal(s: DecodeState, bytes: Uint8Array): DataRefused {
  const general = decodeMessage(bytes);
  if (!general.ok && general.error.offset <= s.offset) return { ok: false, ...general.error };
  return { ok: false, code: s.code as CodeNumber, offset: s.offset, detail: s.detail };
}

function acceptance(s: DecodeState, e: Envelope): DataAccepted {
  return {
    ok: true,
    seq: e.seq,
    boot: e.boot,
    uptimeMs: s.baseMs,
    epoch: e.epoch,
    clock: e.clock,
    subject: e.subject,
    ageMs: e.ageMs,
    recordCount: s.records,
    gapCount: s.gaps,
    consentPurposes: s.consent,
    columns: s.columns,
    bytes: s.bytes,
    recordsAt: e.recordsAt,
  };
}

/** A checker for the data messages of one model: decodes and checks in one pass, into columns that it reuses. */
export function compileModel(table: ModelTable): DataChecker {
  const state = createState(planModel(table));
  const envelope = createEnvelope();
  return {
    table,
    check(bytes) {
      startState(state, bytes);
      readEnvelope(state, envelope);
      if (state.code !== 0) return refusal(state, bytes);
      // Elective labels may hold anything: the general decoder walks them.
      if (envelope.elective) {
        const general = decodeMessage(bytes);
        if (!general.ok) return { ok: false, ...general.error };
      }
      return acceptance(state, envelope);
    },
  };
}
