import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, root } from './documents.ts';

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[`*]/g, '')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

function anchorsIn(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function brokenLinks(path: string, text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const place = file === '' ? join(root, path) : join(root, dirname(path), file);
      if (!existsSync(place)) return true;
      return anchor !== undefined && !(statSync(place).isFile() && anchorsIn(place).includes(anchor));
    });
}

describe('links', () => {
  it.each(documents())('of %s lead to something', (path, text) => {
    expect(brokenLinks(path, text)).toEqual([]);
  });

  it('are found when they lead nowhere', () => {
    const text =
      '[a](nothing.md) [b](README.md#no-such-heading) [c](README.md#two-commands) [d](https://example.org) [e](#x)';
    expect(brokenLinks('README.md', text)).toEqual(['nothing.md', 'README.md#no-such-heading', '#x']);
  });
});
