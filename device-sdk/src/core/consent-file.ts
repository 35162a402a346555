import type { Choice } from '@usewire/protocol/wire';
import { getChecked, putChecked } from './boot.ts';
import { ByteBuffer, ByteCursor } from './byte-buffer.ts';
import { type ConsentState, type Erasure, noChoices, noConsent, type SlotConsent } from './consent-state.ts';
import type { StoragePort } from './ports.ts';
import { readValue, writeBytes, writeInt, writeText } from './row.ts';

const consentKey = 'consent';

function writeSlot(out: ByteBuffer, slot: SlotConsent): void {
  const purposes = Object.keys(slot.choices);
  writeInt(out, slot.erasedAt);
  writeInt(out, slot.epoch);
  writeText(out, slot.notice);
  writeInt(out, slot.validUntilMs);
  writeInt(out, purposes.length);
  for (let i = 0; i < purposes.length; i++) {
    const purpose = Number(purposes[i]);
    writeInt(out, purpose);
    writeInt(out, slot.choices[purpose]);
    writeInt(out, slot.since[purpose] || 0);
  }
}

function readSlot(cursor: ByteCursor): SlotConsent {
  const slot = noChoices();
  slot.erasedAt = readValue(cursor) as number;
  slot.epoch = readValue(cursor) as number;
  slot.notice = readValue(cursor) as string;
  slot.validUntilMs = readValue(cursor) as number;
  const purposes = readValue(cursor) as number;
  for (let i = 0; i < purposes && cursor.ok; i++) {
    const purpose = readValue(cursor) as number;
    slot.choices[purpose] = readValue(cursor) as Choice;
    slot.since[purpose] = readValue(cursor) as number;
  }
  return slot;
}

const steps: Erasure['step'][] = ['asked', 'told', 'done'];

function writeErasure(out: ByteBuffer, erasure: Erasure): void {
  writeBytes(out, erasure.id);
  writeInt(out, erasure.slot);
  writeInt(out, steps.indexOf(erasure.step));
  writeInt(out, erasure.here);
  writeInt(out, erasure.total);
  writeInt(out, erasure.doneAtMs);
}

function readErasure(cursor: ByteCursor): Erasure {
  return {
    id: readValue(cursor) as Uint8Array,
    slot: readValue(cursor) as number,
    step: steps[readValue(cursor) as number],
    here: readValue(cursor) as number,
    total: readValue(cursor) as number,
    doneAtMs: readValue(cursor) as number,
  };
}

/** False: the storage did not take it. */
export function saveConsent(storage: StoragePort, state: ConsentState): boolean {
  const out = new ByteBuffer(128);
  const slots = Object.keys(state.slots);
  writeInt(out, state.epoch);
  writeInt(out, state.generation);
  writeInt(out, slots.length);
  for (let i = 0; i < slots.length; i++) {
    writeInt(out, Number(slots[i]));
    writeSlot(out, state.slots[Number(slots[i])]);
  }
  writeInt(out, state.pending.length);
  for (let i = 0; i < state.pending.length; i++) {
    writeInt(out, state.pending[i].slot);
    writeInt(out, state.pending[i].epoch);
  }
  writeInt(out, state.erasures.length);
  for (let i = 0; i < state.erasures.length; i++) writeErasure(out, state.erasures[i]);
  return putChecked(storage, consentKey, out.copy(0, out.size));
}

/** Damaged choices are no choices: nothing that needs a grant is recorded until a person chooses again. */
export function loadConsent(storage: StoragePort): ConsentState {
  const bytes = getChecked(storage, consentKey);
  const state = noConsent();
  if (!bytes) return state;
  const cursor = new ByteCursor(bytes, 0, bytes.length);
  state.epoch = readValue(cursor) as number;
  state.generation = readValue(cursor) as number;
  const slots = readValue(cursor) as number;
  for (let i = 0; i < slots && cursor.ok; i++) {
    const slot = readValue(cursor) as number;
    state.slots[slot] = readSlot(cursor);
  }
  const pending = readValue(cursor) as number;
  for (let i = 0; i < pending && cursor.ok; i++) {
    state.pending.push({ slot: readValue(cursor) as number, epoch: readValue(cursor) as number });
  }
  const erasures = readValue(cursor) as number;
  for (let i = 0; i < erasures && cursor.ok; i++) state.erasures.push(readErasure(cursor));
  return cursor.ok ? state : noConsent();
}
