import { Lexer } from 'yaml';

/** Brackets within each other, and `-`, `?`, `:` behind each other in one line. */
const MAX_LEVELS = 100;
/** What the lexer yields before the text of a scalar. */
const SCALAR_FOLLOWS = '\u001f';

/**
 * Whether a text nests so deeply that parsing it could end the process: the parser calls itself for each level, and a regular expression
 * that runs at the very end of the stack aborts instead of throwing. The lexer does not call itself.
 */
export function isNestedBeyond(text: string): boolean {
  let brackets = 0;
  let inLine = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    if (scalar) scalar = false;
    else if (token === SCALAR_FOLLOWS) scalar = true;
    else if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?' || token === ':') inLine += 1;
    else if (token.includes('\n')) inLine = 0;
    if (brackets > MAX_LEVELS || inLine > MAX_LEVELS) return true;
  }
  return false;
}
