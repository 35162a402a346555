import type { Alternative, Entry, Rule, Type } from './ast.ts';
import { type Token, tokenize } from './tokens.ts';

/** Recursive descent over the tokens; every surprise is an error that names its line. */
class Parser {
  private at = 0;
  private readonly tokens: Token[];

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  rules(): Map<string, Rule> {
    const rules = new Map<string, Rule>();
    while (this.peek().kind !== 'end') {
      const rule = this.rule();
      if (rules.has(rule.name)) this.surprise(`rule ${rule.name} a second time`);
      rules.set(rule.name, rule);
    }
    return rules;
  }

  private rule(): Rule {
    const name = this.take('name').text;
    const params: string[] = [];
    if (this.accept('<')) {
      do params.push(this.take('name').text);
      while (this.accept(','));
      this.expect('>');
    }
    this.expect('=');
    const body = this.accept('(') ? { group: this.group(')') } : { type: this.type() };
    return { name, params, body };
  }

  private type(): Type {
    const type = [this.alternative()];
    while (this.accept('/')) type.push(this.alternative());
    return type;
  }

  private alternative(): Alternative {
    const base = this.base();
    const control = this.peek();
    if (control.kind !== 'control') return base;
    this.at++;
    if (control.text === '.le') return { is: 'le', of: base, max: this.number() };
    if (control.text === '.size') return { is: 'size', of: base, ...this.bounds() };
    if (control.text === '.cbor') return { is: 'cbor', of: base, content: this.base() };
    return this.surprise(`control ${control.text}`);
  }

  private bounds(): { min: number; max: number } {
    if (!this.accept('(')) {
      const size = this.number();
      return { min: size, max: size };
    }
    const min = this.number();
    this.expect('..');
    const max = this.number();
    this.expect(')');
    return { min, max };
  }

  private base(): Alternative {
    const token = this.peek();
    if (token.kind === 'number') return this.literalOrRange();
    if (token.kind === 'name') return this.reference();
    if (token.kind === 'tag') return this.tag();
    if (this.accept('{')) return { is: 'map', group: this.group('}') };
    if (this.accept('[')) return { is: 'array', group: this.group(']') };
    if (this.accept('&')) return this.enumeration();
    return this.surprise(JSON.stringify(token.text));
  }

  private literalOrRange(): Alternative {
    const min = this.number();
    return this.accept('..') ? { is: 'range', min, max: this.number() } : { is: 'literal', value: min };
  }

  private reference(): Alternative {
    const { text, line } = this.take('name');
    const args: Type[] = [];
    if (this.accept('<')) {
      do args.push(this.type());
      while (this.accept(','));
      this.expect('>');
    }
    return { is: 'name', name: text, args, line };
  }

  private tag(): Alternative {
    const number = Number(this.take('tag').text.slice(3));
    this.expect('(');
    const content = this.type();
    this.expect(')');
    return { is: 'tag', number, content };
  }

  private enumeration(): Alternative {
    this.expect('(');
    const values: number[] = [];
    while (!this.accept(')')) {
      this.take('name');
      this.expect(':');
      values.push(this.number());
      this.accept(',');
    }
    return { is: 'enum', values };
  }

  private group(close: string): Entry[] {
    const entries: Entry[] = [];
    while (!this.accept(close)) {
      entries.push(this.entry());
      if (!this.accept(',') && this.peek().text !== close) this.surprise(JSON.stringify(this.peek().text));
    }
    return entries;
  }

  private entry(): Entry {
    const { min, max } = this.occurrence();
    if (this.accept('(')) return { min, max, key: null, item: { group: this.group(')') } };
    // `name: type` only names an array's item for the reader.
    if (this.peek().kind === 'name' && this.tokens[this.at + 1]?.text === ':') this.at += 2;
    const type = this.type();
    if (!this.accept('=>')) return { min, max, key: null, item: { type } };
    return { min, max, key: type, item: { type: this.type() } };
  }

  private occurrence(): { min: number; max: number } {
    if (this.accept('?')) return { min: 0, max: 1 };
    if (this.accept('+')) return { min: 1, max: Infinity };
    if (this.accept('*')) return { min: 0, max: this.optionalNumber() };
    if (this.peek().kind === 'number' && this.tokens[this.at + 1]?.text === '*') {
      const min = this.number();
      this.expect('*');
      return { min, max: this.optionalNumber() };
    }
    return { min: 1, max: 1 };
  }

  private optionalNumber(): number {
    return this.peek().kind === 'number' ? this.number() : Infinity;
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private take(kind: Token['kind']): Token {
    const token = this.peek();
    if (token.kind !== kind) this.surprise(`${kind} expected, found ${JSON.stringify(token.text)}`);
    this.at++;
    return token;
  }

  private number(): number {
    return Number(this.take('number').text);
  }

  private accept(mark: string): boolean {
    if (this.peek().kind !== 'mark' || this.peek().text !== mark) return false;
    this.at++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) this.surprise(`${mark} expected, found ${JSON.stringify(this.peek().text)}`);
  }

  private surprise(what: string): never {
    throw new Error(`cddl line ${this.peek().line}: ${what} is outside the subset`);
  }
}

export function parseCddl(text: string): Map<string, Rule> {
  return new Parser(text).rules();
}
