import type { Choice } from '@usewire/protocol/wire';
import { ChoiceCode } from '@usewire/protocol/wire';
import type { DeviceEntry } from '../device-entry.ts';
import type { IntakeContext } from '../intake-context.ts';
import type { DeviceId, LedgerRow } from '../ports.ts';
import type { ConsentFacts } from './consent-book.ts';
import type { ConsentDraft } from './consent-state.ts';
import { onServiceChoice, onSignal } from './decide.ts';
import { expire } from './expire.ts';
import { type ConsentHow, NO_NOTICE, type Notice } from './ledger-entry.ts';
import { tellOwed } from './tell-device.ts';

/** A choice that a person made outside of the product. */
export interface ServiceChoice extends DeviceId {
  /** Name of a subject in the device's model, or its slot; 0 = nobody in particular. */
  subject: string | number;
  /** By purpose code: true = granted; false = withdrawn where it was granted, else refused. */
  purposes: Readonly<Record<string, boolean>>;
  /** Who did it, for the ledger. */
  by: string;
  notice: Notice;
  /** When it was chosen; absent = now. */
  atMs?: number | undefined;
  /** Absent = as the configuration says; null = until it is changed. */
  validUntilMs?: number | null | undefined;
  how?: Extract<ConsentHow, 'service' | 'import'> | undefined;
}

/** A signal such as Global Privacy Control. */
export interface Signal extends DeviceId {
  /** 0 = everybody on the device. */
  subject: string | number;
  isOptOut: boolean;
  /** Who or what sent it. */
  by: string;
}

export type Chosen = { ok: true; row: LedgerRow } | { ok: false; problem: string };

/** Choices in the maker's service. */
export interface ConsentDesk {
  /** Durable, and in force in the gateway, when it resolves; the device hears of it now, or with its next hello. */
  choose(choice: ServiceChoice): Promise<Chosen>;
  /** In force for third parties' sinks at once, durable when it resolves. */
  signal(signal: Signal): Promise<Chosen>;
}

export function consentDesk(context: IntakeContext): ConsentDesk {
  return {
    choose(choice) {
      const device = context.devices.entry(choice, context.clock.nowMs());
      const subject = slotOf(context, device, choice.subject);
      if (subject === null) return Promise.resolve(noSubject(choice));
      if (Object.keys(choice.purposes).length === 0)
        return Promise.resolve({ ok: false, problem: 'No purpose is named.' });
      return enterChoice(context, device, { ...choice, subject });
    },
    signal({ isOptOut, by, ...of }) {
      const device = context.devices.entry(of, context.clock.nowMs());
      const subject = slotOf(context, device, of.subject);
      if (subject === null) return Promise.resolve(noSubject(of));
      const draft = onSignal(device.consent, subject, isOptOut);
      const nowMs = context.clock.nowMs();
      const when = { atMs: nowMs, receivedAtMs: nowMs };
      return enter(context, device, draft, { by, notice: NO_NOTICE, ...when, boot: '', seq: null });
    },
  };
}

function enterChoice(
  context: IntakeContext,
  device: DeviceEntry,
  choice: ServiceChoice & { subject: number },
): Promise<Chosen> {
  expire(context, device);
  const nowMs = context.clock.nowMs();
  const { subject, by, notice, atMs = nowMs, how = 'service' } = choice;
  const { validForMs } = context.consents.terms;
  const { validUntilMs = validForMs === null ? null : atMs + validForMs } = choice;
  const before = device.consent.subjects.get(subject)?.choices ?? {};
  const choices: Record<string, Choice> = {};
  for (const [code, isGranted] of Object.entries(choice.purposes))
    choices[code] = choiceFor(before[code], isGranted);
  const draft = onServiceChoice(device.consent, { subject, choices, validUntilMs, how });
  return enter(context, device, draft, { by, notice, atMs, receivedAtMs: nowMs, boot: '', seq: null });
}

function enter(
  context: IntakeContext,
  device: DeviceEntry,
  draft: ConsentDraft,
  facts: ConsentFacts,
): Promise<Chosen> {
  const group = context.queue.gathering();
  const [row] = context.consents.append(group, device, [draft], facts);
  return new Promise((resolve) => {
    group.settled.push(() => {
      tellOwed(context, device);
      resolve({ ok: true, row: row! });
    });
    context.queue.added(0);
  });
}

/** As on the device: no after yes is a withdrawal. */
function choiceFor(before: Choice | undefined, isGranted: boolean): Choice {
  if (isGranted) return ChoiceCode.granted;
  return before === undefined || before === ChoiceCode.refused ? ChoiceCode.refused : ChoiceCode.withdrawn;
}

const MAX_SLOT = 255;

/** Null when the device's model has no such subject. */
function slotOf({ models }: IntakeContext, device: DeviceEntry, subject: string | number): number | null {
  if (typeof subject === 'number') return subject <= MAX_SLOT ? subject : null;
  const named = models.find(device.tenant, device.row.modelHash.slice(0, 8))?.table.subjects ?? [];
  const slot = named.indexOf(subject) + 1;
  return slot > 0 ? slot : null;
}

function noSubject({ tenant, device, subject }: DeviceId & { subject: string | number }): Chosen {
  const why = `the model of ${tenant}.${device} has no subject "${subject}", or is not known yet`;
  return { ok: false, problem: `Nothing was changed: ${why}. Name its slot, 1 for the first one.` };
}
