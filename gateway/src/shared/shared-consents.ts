import type { DeviceConsent } from '../domain/consent/consent-state.ts';
import type { Devices } from '../domain/devices.ts';
import type { Clock, DeviceId, Log, Scheduler } from '../domain/ports.ts';
import type { SharedEntry, SharedState } from '../domain/shared-state.ts';
import { consentText, narrower, readConsentText, takesBack } from './consent-text.ts';

export interface SharedConsentsPorts {
  devices: Devices;
  clock: Clock;
  log: Log;
  scheduler: Scheduler;
  /** A grant that records rest on is gone. */
  takenBack(id: DeviceId): void;
}

/** What people have chosen holds at every gateway, whichever heard it. */
export interface SharedConsents {
  /** The commit with what was chosen is on the disk. */
  changed(ids: Iterable<DeviceId>): void;
  close(): void;
}

const TRY_AGAIN_MS = 2_000;

export function shareConsents(shared: SharedState, ports: SharedConsentsPorts): SharedConsents {
  const { devices, clock, log, scheduler } = ports;
  const revisions = new Map<string, number>();
  /** Changed here and not told yet; or, as an offer, known before this life and perhaps told in it. */
  const unsent = new Map<string, { id: DeviceId; isOffer: boolean }>();
  let isSending = false;
  let isClosed = false;
  let callOff = (): void => {};

  function note(ids: Iterable<DeviceId>, isOffer: boolean): void {
    for (const { tenant, device } of ids)
      unsent.set(`${tenant}.${device}`, { id: { tenant, device }, isOffer });
    void send();
  }

  const changed = (ids: Iterable<DeviceId>) => note(ids, false);

  async function send(): Promise<void> {
    if (isSending || isClosed) return;
    isSending = true;
    callOff();
    try {
      for (const key of [...unsent.keys()]) await tell(key);
    } catch {
      callOff = scheduler.after(TRY_AGAIN_MS, () => void send());
    }
    isSending = false;
  }

  async function tell(key: string): Promise<void> {
    const waiting = unsent.get(key);
    if (waiting === undefined) return;
    const { consent } = devices.entry(waiting.id, clock.nowMs());
    const revision = await shared.put(
      'consents',
      key,
      Buffer.from(consentText(consent)),
      revisions.get(key) ?? 0,
    );
    if (revision !== null) revisions.set(key, Math.max(revision, revisions.get(key) ?? 0));
    // null: theirs comes through the watch; what was changed here is merged with it, and told then.
    const isDone = revision !== null || waiting.isOffer;
    if (isDone && unsent.get(key) === waiting) unsent.delete(key);
  }

  function take({ key, value, revision }: SharedEntry): void {
    if (revision <= (revisions.get(key) ?? 0)) return;
    revisions.set(key, revision);
    const [tenant = '', name = ''] = key.split('.');
    const device = devices.entry({ tenant, device: name }, clock.nowMs());
    const theirs = readConsentText(Buffer.from(value).toString());
    const { consent: ours } = device;
    if (consentText(ours) === consentText(theirs)) {
      unsent.delete(key);
      return;
    }
    // Heard here and told nobody, also in a life before this one: then its epoch is beyond theirs.
    const isOurs = unsent.get(key)?.isOffer === false || ours.epoch > theirs.epoch;
    hold(device, isOurs ? narrower(ours, theirs) : theirs);
    if (isOurs) changed([device]);
    else unsent.delete(key);
  }

  function hold(device: DeviceId & { consent: DeviceConsent }, next: DeviceConsent): void {
    const isLess = takesBack(device.consent, next);
    device.consent = next;
    if (isLess) ports.takenBack(device);
  }

  shared.watch('consents', (entry) => {
    try {
      take(entry);
    } catch (error) {
      log.error('shared.consent-unreadable', { key: entry.key, problem: String((error as Error).message) });
    }
  });
  // What was chosen before there were several; where another gateway has told already, theirs comes.
  note(
    [...devices.all()].filter(({ consent }) => consent.epoch > 0),
    true,
  );
  return {
    changed,
    close() {
      isClosed = true;
      callOff();
    },
  };
}
