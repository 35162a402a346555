import { describe, expect, it } from 'vitest';
import { compileCorpus } from './compile-corpus.ts';

const { wrong, errors, files } = compileCorpus();
const errorsAt = (file: string, line: number) =>
  errors.filter((error) => error.file === file && error.line === line);

describe('a wrong use of a model does not compile', () => {
  it.each(wrong)('$what ($file:$line)', ({ file, line, words }) => {
    const messages = errorsAt(file, line).map((error) => error.message);
    expect(messages, 'this line compiles, but must not').not.toEqual([]);
    // Either quote: the compiler quotes types with " and words with '.
    expect(messages.join('\n').replaceAll('"', "'")).toContain(words.replaceAll('"', "'"));
  });

  it('in a corpus of at least 100 wrong uses', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(100);
  });

  it('marks every wrong line once', () => {
    expect(new Set(wrong.map(({ file, line }) => file + line)).size).toBe(wrong.length);
  });
});

describe('a right use of a model compiles', () => {
  it.each(files)('%s has no error on a line without a mark', (file) => {
    const marked = new Set(wrong.filter((line) => line.file === file).map((line) => line.line));
    expect(errors.filter((error) => error.file === file && !marked.has(error.line))).toEqual([]);
  });

  it('and nothing that the corpus imports has one', () => {
    expect(errors.filter((error) => !files.includes(error.file))).toEqual([]);
  });
});
