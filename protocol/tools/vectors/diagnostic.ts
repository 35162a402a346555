import { toHex } from '@usewire/protocol/wire';
import { type Node, treeOf } from '../cddl/tree.ts';

function float(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function show(node: Node): string {
  switch (node.is) {
    case 'uint':
    case 'nint':
      return String(node.value);
    case 'float':
      return float(node.value);
    case 'bstr':
      return `h'${toHex(node.value)}'`;
    case 'tstr':
      return JSON.stringify(node.value);
    case 'array':
      return `[${node.items.map(show).join(', ')}]`;
    case 'map':
      return `{${node.pairs.map(([key, value]) => `${show(key)}: ${show(value)}`).join(', ')}}`;
    case 'tag':
      return `${node.number}(${show(node.content)})`;
    case 'bool':
      return String(node.value);
    case 'null':
      return 'null';
  }
}

/** Diagnostic notation of one item, or null when the bytes are not exactly one. */
export function diagnosticOf(bytes: Uint8Array): string | null {
  try {
    return show(treeOf(bytes));
  } catch {
    return null;
  }
}
