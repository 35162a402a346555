import { type Boot, toHex } from '../wire/index.ts';

/**
 * Latest message of a device that has no seq of its own (hello, status, bye, ...). Such a message says how things are now; an
 * old one that comes again would bring back an old model, old levels or a lost link. Plain data, safe through JSON.
 */
export interface AnnouncementState {
  /** The counter, or the random boot id in hex. */
  boot: number | string;
  uptimeMs: number;
}

export interface Announcement {
  boot: Boot;
  uptimeMs: number;
}

/** `expired`: older than what is known. `unproven`: another random boot that nobody vouches for. */
export type AnnouncementVerdict = 'new' | 'expired' | 'unproven';

/**
 * Judges one whose seal holds against the latest that was taken (null = none). Time goes forward in a boot, and boots that are
 * counters go forward. The latest one itself may come again: it says nothing new. `fresh`:
 * somebody vouches for a random boot id that was not heard of before, for there is no order among random ids.
 */
export function judgeAnnouncement(
  latest: AnnouncementState | null,
  announcement: Announcement,
  options: { fresh?: boolean } = {},
): AnnouncementVerdict {
  const { boot, uptimeMs } = announcement;
  if (typeof boot !== 'number') {
    if (latest?.boot === toHex(boot)) return uptimeMs < latest.uptimeMs ? 'expired' : 'new';
    return options.fresh ? 'new' : 'unproven';
  }
  // A device that had random boot ids and has a counter now is one whose software was renewed.
  if (latest === null || typeof latest.boot !== 'number' || boot > latest.boot) return 'new';
  return boot < latest.boot || uptimeMs < latest.uptimeMs ? 'expired' : 'new';
}

/** The state after one was taken. */
export function announcementState(announcement: Announcement): AnnouncementState {
  const { boot, uptimeMs } = announcement;
  return { boot: typeof boot === 'number' ? boot : toHex(boot), uptimeMs };
}
