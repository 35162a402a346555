import { describe, expect, it } from 'vitest';
import { announcementState, judgeAnnouncement } from './replay-announcement.ts';

const id = (first: number) => Uint8Array.from([first, 0, 0, 0, 0, 0, 0, 0]);

describe('a message without a seq of its own', () => {
  it('is taken only when it is not older than the latest one', () => {
    const latest = announcementState({ boot: 7, uptimeMs: 1000 });
    expect(judgeAnnouncement(null, { boot: 0, uptimeMs: 0 })).toBe('new');
    expect(judgeAnnouncement(latest, { boot: 7, uptimeMs: 1001 })).toBe('new');
    expect(judgeAnnouncement(latest, { boot: 7, uptimeMs: 1000 })).toBe('new');
    expect(judgeAnnouncement(latest, { boot: 7, uptimeMs: 999 })).toBe('expired');
    expect(judgeAnnouncement(latest, { boot: 6, uptimeMs: 9999 })).toBe('expired');
    expect(judgeAnnouncement(latest, { boot: 8, uptimeMs: 0 })).toBe('new');
  });

  it('of another random boot needs a proof of freshness', () => {
    const latest = announcementState({ boot: id(1), uptimeMs: 1000 });
    expect(latest).toEqual({ boot: '0100000000000000', uptimeMs: 1000 });
    expect(judgeAnnouncement(latest, { boot: id(1), uptimeMs: 1001 })).toBe('new');
    expect(judgeAnnouncement(latest, { boot: id(1), uptimeMs: 999 }, { fresh: true })).toBe('expired');
    expect(judgeAnnouncement(latest, { boot: id(2), uptimeMs: 0 })).toBe('unproven');
    expect(judgeAnnouncement(null, { boot: id(2), uptimeMs: 0 })).toBe('unproven');
    expect(judgeAnnouncement(latest, { boot: id(2), uptimeMs: 0 }, { fresh: true })).toBe('new');
  });
});
