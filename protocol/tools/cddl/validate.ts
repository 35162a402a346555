import type { Alternative, Entry, Rule, Type } from './ast.ts';
import { type Node, treeOf } from './tree.ts';

/** What names stand for: the file's rules, and inside a generic rule its arguments with where they came from. */
interface Scope {
  rules: Map<string, Rule>;
  args: Map<string, { type: Type; scope: Scope }>;
}

type Pairs = [Node, Node][];

const prelude: Record<string, (node: Node) => boolean> = {
  any: () => true,
  uint: (node) => node.is === 'uint',
  nint: (node) => node.is === 'nint',
  bstr: (node) => node.is === 'bstr',
  tstr: (node) => node.is === 'tstr',
  bool: (node) => node.is === 'bool',
  nil: (node) => node.is === 'null',
  float: (node) => node.is === 'float',
};

function isInt(node: Node): node is { is: 'uint' | 'nint'; value: number } {
  return node.is === 'uint' || node.is === 'nint';
}

function enter(scope: Scope, rule: Rule, args: Type[]): Scope {
  if (args.length !== rule.params.length)
    throw new Error(`cddl: ${rule.name} takes ${rule.params.length} arguments`);
  return {
    rules: scope.rules,
    args: new Map(rule.params.map((name, i) => [name, { type: args[i] as Type, scope }])),
  };
}

function matchesName(alternative: Alternative & { is: 'name' }, node: Node, scope: Scope): boolean {
  const bound = scope.args.get(alternative.name);
  if (bound) return matches(bound.type, node, bound.scope);
  const rule = scope.rules.get(alternative.name);
  if (rule) {
    if ('group' in rule.body)
      throw new Error(`cddl line ${alternative.line}: group ${rule.name} used as a type`);
    return matches(rule.body.type, node, enter(scope, rule, alternative.args));
  }
  const test = prelude[alternative.name];
  if (!test) throw new Error(`cddl line ${alternative.line}: no rule ${alternative.name}`);
  return test(node);
}

function sizeOf(node: Node): number {
  if (node.is === 'bstr') return node.value.length;
  if (node.is === 'tstr') return node.size;
  throw new Error(`cddl: .size of ${node.is} is outside the subset`);
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

/** The item that fills a byte string; null when there is none. */
function embedded(bytes: Uint8Array): Node | null {
  try {
    return treeOf(bytes);
  } catch {
    return null;
  }
}

function matchesCbor(alternative: Alternative & { is: 'cbor' }, node: Node, scope: Scope): boolean {
  const inner = node.is === 'bstr' && matchesOne(alternative.of, node, scope) ? embedded(node.value) : null;
  return inner !== null && matchesOne(alternative.content, inner, scope);
}

function matchesOne(alternative: Alternative, node: Node, scope: Scope): boolean {
  switch (alternative.is) {
    case 'literal':
      return isInt(node) && node.value === alternative.value;
    case 'range':
      return isInt(node) && within(node.value, alternative.min, alternative.max);
    case 'enum':
      return isInt(node) && alternative.values.includes(node.value);
    case 'le':
      return matchesOne(alternative.of, node, scope) && isInt(node) && node.value <= alternative.max;
    case 'size':
      return (
        matchesOne(alternative.of, node, scope) && within(sizeOf(node), alternative.min, alternative.max)
      );
    case 'cbor':
      return matchesCbor(alternative, node, scope);
    case 'tag':
      return (
        node.is === 'tag' &&
        node.number === alternative.number &&
        matches(alternative.content, node.content, scope)
      );
    case 'array':
      return node.is === 'array' && sequence(alternative.group, node.items, 0, scope) === node.items.length;
    case 'map':
      return node.is === 'map' && pairs(alternative.group, node.pairs, scope)?.length === 0;
    case 'name':
      return matchesName(alternative, node, scope);
  }
}

function matches(type: Type, node: Node, scope: Scope): boolean {
  return type.some((alternative) => matchesOne(alternative, node, scope));
}

/** The group an entry stands for, in its scope; null when it is a type. */
function groupOf(entry: Entry, scope: Scope): { group: Entry[]; scope: Scope } | null {
  if ('group' in entry.item) return { group: entry.item.group, scope };
  const only = entry.item.type.length === 1 ? entry.item.type[0] : undefined;
  const rule = only?.is === 'name' ? scope.rules.get(only.name) : undefined;
  if (!rule || !('group' in rule.body) || only?.is !== 'name') return null;
  return { group: rule.body.group, scope: enter(scope, rule, only.args) };
}

function once(entry: Entry, items: Node[], at: number, scope: Scope): number {
  const inner = groupOf(entry, scope);
  if (inner) return sequence(inner.group, items, at, inner.scope);
  const item = items[at];
  return item && 'type' in entry.item && matches(entry.item.type, item, scope) ? at + 1 : -1;
}

/** Greedy, without going back: enough where no entry can take what the next one needs. The index after it, or -1. */
function sequence(group: Entry[], items: Node[], start: number, scope: Scope): number {
  let at = start;
  for (const entry of group) {
    let count = 0;
    for (let next = at; count < entry.max; count++) {
      next = once(entry, items, at, scope);
      if (next < 0) break;
      at = next;
    }
    if (count < entry.min) return -1;
  }
  return at;
}

/** What an entry with a key leaves over; null when it does not match. A key that matches holds its value to the type. */
function keyed(entry: Entry & { key: Type }, all: Pairs, scope: Scope): Pairs | null {
  const hits = all.filter(([key]) => matches(entry.key, key, scope));
  if (!within(hits.length, entry.min, entry.max)) return null;
  const type = 'type' in entry.item ? entry.item.type : [];
  return hits.every(([, value]) => matches(type, value, scope))
    ? all.filter((pair) => !hits.includes(pair))
    : null;
}

/** What a group leaves over of a map's pairs; null when it does not match. */
function pairs(group: Entry[], all: Pairs, scope: Scope): Pairs | null {
  let left: Pairs = all;
  for (const entry of group) {
    const { key } = entry;
    const inner = key ? null : groupOf(entry, scope);
    if (!key && !inner) throw new Error('cddl: a map entry without a key is outside the subset');
    const rest = key ? keyed({ ...entry, key }, left, scope) : inner && pairs(inner.group, left, inner.scope);
    if (rest) left = rest;
    else if (key || entry.min > 0) return null;
  }
  return left;
}

/** Whether a tree is an instance of a rule of the file. */
export function isInstance(rules: Map<string, Rule>, rule: string, node: Node): boolean {
  return matches([{ is: 'name', name: rule, args: [], line: 0 }], node, { rules, args: new Map() });
}
