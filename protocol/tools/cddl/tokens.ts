/** Tokens of the CDDL subset (RFC 8610) that spec/usewire.cddl uses. Anything else fails loudly, with its line. */
export interface Token {
  kind: 'name' | 'number' | 'control' | 'tag' | 'mark' | 'end';
  text: string;
  line: number;
}

const pattern =
  /(?<space>\s+|;[^\n]*)|(?<tag>#6\.\d+)|(?<control>\.[a-z]+)|(?<number>-?\d+)|(?<name>[A-Za-z_$@](?:[-.\w$@]*[\w$@])?)|(?<mark>=>|\.\.|[{}[\]()<>,/:=?*+&])/y;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null)
      throw new Error(`cddl line ${line}: cannot read ${JSON.stringify(text.slice(at, at + 20))}`);
    const kind = Object.keys(match.groups ?? {}).find((name) => match.groups?.[name] !== undefined);
    if (kind !== 'space') tokens.push({ kind: kind as Token['kind'], text: match[0], line });
    line += match[0].split('\n').length - 1;
  }
  tokens.push({ kind: 'end', text: '', line });
  return tokens;
}
