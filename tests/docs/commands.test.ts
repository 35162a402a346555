import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, root } from './documents.ts';

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);

/** Names in `.command('name')`, `command('name')` and `new Command('name')` of a package's sources. */
function commandsIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true }) as string[];
  const sources = names
    .filter((name) => /(?<!\.test)\.ts$/.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
  return sources.flatMap((text) =>
    [...text.matchAll(/[cC]ommand\('([a-z-]+)'/g)].map(([, name = '']) => name),
  );
}

const tools: Record<string, string[]> = {
  usewire: commandsIn('gateway/src/cli'),
  'usewire-sim': commandsIn('simulators/src'),
};

/** Commands are looked for in code, where they are told to be run: prose says "usewire is". */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span = '']) => span,
  );
  return [...blocks, ...spans];
}

function unknownIn(text: string): string[] {
  return codeIn(text).flatMap((code) => {
    const run = [...code.matchAll(/npm run (?:--\S+ )?([\w:-]+)/g)].map(([all, name = '']) =>
      scripts.includes(name) ? '' : all,
    );
    const tool = [...code.matchAll(/^(?:npx |\$ )?(usewire(?:-sim)?) ([a-z][a-z|-]*)/g)].flatMap(
      ([, which = '', words = '']) =>
        words.split('|').map((word) => (tools[which]!.includes(word) ? '' : `${which} ${word}`)),
    );
    return [...run, ...tool].filter((words) => words !== '');
  });
}

describe('commands', () => {
  it.each(documents())('that %s names are there', (_path, text) => {
    expect(unknownIn(text)).toEqual([]);
  });

  it('are found when they are not there', () => {
    const text =
      'usewire is; `npm run nothing` `usewire fly` `npm run check`\n```sh\nusewire-sim fleet --devices 3\nusewire-sim swim\n```';
    expect(unknownIn(text).toSorted()).toEqual(['npm run nothing', 'usewire fly', 'usewire-sim swim']);
  });
});
