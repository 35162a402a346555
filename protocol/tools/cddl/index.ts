import { parseCddl } from './parse.ts';
import { type Node, treeOf } from './tree.ts';
import { isInstance } from './validate.ts';

/** Whether bytes are one CBOR item that matches a rule. Bytes that are no CBOR match nothing. */
export type CddlCheck = (rule: string, bytes: Uint8Array) => boolean;

/** Throws, with the line, when the text leaves the subset of RFC 8610 that is implemented. */
export function compileCddl(text: string): CddlCheck {
  const rules = parseCddl(text);
  return (rule, bytes) => {
    let node: Node;
    try {
      node = treeOf(bytes);
    } catch {
      return false;
    }
    return isInstance(rules, rule, node);
  };
}
