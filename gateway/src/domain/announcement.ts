import { announcementState, judgeAnnouncement } from '@usewire/protocol/seal';
import { bootName, type DeviceEntry } from './device-entry.ts';

export interface AnnouncedPlace {
  boot: number | Uint8Array;
  uptimeMs: number;
}

/**
 * Whether a sealed message without a number of its own is older than the latest one that was taken (POU-SEAL-15). A random boot that
 * nobody has heard of is a new one: the store forgets none (POU-SEAL-14). A will is as old as its connection, so it is held against what was known
 * when that began.
 */
export function isStale(device: DeviceEntry, place: AnnouncedPlace, isWill: boolean): boolean {
  const { boot } = place;
  const name = bootName(boot);
  const fresh = isWill ? device.current?.name === name : !device.boots.has(name);
  const latest = isWill ? device.seal.latestBefore : device.seal.latest;
  return judgeAnnouncement(latest, place, { fresh }) !== 'new';
}

/** It was taken. */
export function noteAnnouncement(device: DeviceEntry, place: AnnouncedPlace): void {
  device.seal.latest = announcementState(place);
}
