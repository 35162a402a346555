import { PAGE_BYTES, type PageSource } from './pages.ts';

/**
 * Numbers of free pages, whose old rows must not come back; null when the list of them does not hold together. Then what was delivered is
 * left out by its position instead.
 */
export function freePages(pages: PageSource): Set<number> | null {
  const head = pages.page(1);
  if (head === null || head.toString('latin1', 0, 16) !== 'SQLite format 3\0') return null;
  const free = new Set<number>();
  const expected = head.readUInt32BE(36);
  for (let trunk = head.readUInt32BE(32); trunk !== 0; ) {
    const page = free.has(trunk) || trunk > pages.count ? null : pages.page(trunk);
    const leaves = page === null ? Number.NaN : page.readUInt32BE(4);
    if (page === null || !(leaves <= PAGE_BYTES / 4 - 2)) return null;
    free.add(trunk);
    for (let i = 0; i < leaves; i += 1) free.add(page.readUInt32BE(8 + i * 4));
    trunk = page.readUInt32BE(0);
  }
  return free.size === expected ? free : null;
}
