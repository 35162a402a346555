/** Edits (insert, delete, replace, swap of neighbours counts two) that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let previous: number[] = [];
  for (let j = 0; j <= b.length; j++) {
    previous.push(j);
  }
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      row.push(Math.min(replaced, previous[j] + 1, row[j - 1] + 1));
    }
    previous = row;
  }
  return previous[b.length];
}

/** The word of `words` that was probably meant, or undefined when none is close (a third of the letters, at least two). */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (let i = 0; i < words.length; i++) {
    const edits = distance(word.slice(0, 64).toLowerCase(), String(words[i]).toLowerCase());
    if (edits < least) {
      least = edits;
      best = words[i];
    }
  }
  return best;
}

/** "did you mean 'x'?" or "known: a, b, c". */
export function hint(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  if (meant !== undefined) {
    return "did you mean '" + meant + "'?";
  }
  return words.length > 0 ? 'known: ' + words.join(', ') : 'none is declared';
}
