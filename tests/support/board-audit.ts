import { type Node, parse } from 'acorn';

/**
 * What Espruino does not know or does otherwise, measured on 2v29 (docs/boards.md): its interpreter passes once over the text, so nothing is hoisted, and
 * it fails late and in strange ways. The build lowers to ES5, so anything newer is a fault of the build.
 */
type Any = Node & { [key: string]: unknown };

const text = (node: Node, code: string) => code.slice(node.start, node.end);

function faultOf(node: Any, code: string): string | undefined {
  switch (node.type) {
    case 'SwitchStatement': {
      const cases = node['cases'] as Any[];
      return cases.slice(0, -1).some((each) => each['test'] === null) ? 'default is not last' : undefined;
    }
    case 'AssignmentExpression':
      return /\.length$/.test(text(node['left'] as Node, code)) ? 'assignment to length' : undefined;
    case 'LabeledStatement':
      return 'label';
    case 'ReturnStatement':
      // Espruino takes the next line for the value.
      return /^return[ \t]*\n/.test(code.slice(node.start)) ? 'return and a line end' : undefined;
    case 'MemberExpression':
      return /^(Array|Object|String|Function)\.prototype\b/.test(text(node, code))
        ? 'methods of prototypes'
        : undefined;
    default:
      return undefined;
  }
}

function children(node: Any): Any[] {
  return Object.values(node)
    .flat()
    .filter((each): each is Any => typeof each === 'object' && each !== null && 'type' in each);
}

const isFunction = (node: Any) => /^(FunctionDeclaration|FunctionExpression)$/.test(node.type);
const nameOf = (node: Any) => (node['id'] as unknown as { name: string }).name;

/** Names that a statement list makes, and where each exists from. */
function declared(body: Any[]): Map<string, number> {
  const names = new Map<string, number>();
  const visit = (node: Any): void => {
    if (node.type === 'FunctionDeclaration') names.set(nameOf(node), node.start);
    if (node.type === 'VariableDeclarator' && !names.has(nameOf(node))) names.set(nameOf(node), node.start);
    if (!isFunction(node)) for (const child of children(node)) visit(child);
  };
  for (const node of body) visit(node);
  return names;
}

/** Functions that are used, and statements that come, before their place: call time is too late to know, load time is not. */
function orderFaults(body: Any[]): string[] {
  const names = declared(body);
  const faults: string[] = [];
  const visit = (node: Any, isKey: boolean): void => {
    if (node.type === 'Identifier' && !isKey) {
      const from = names.get(node['name'] as string);
      if (from !== undefined && node.start < from)
        faults.push(`${node['name']} is used before its definition`);
    }
    if (isFunction(node)) return;
    for (const child of children(node)) {
      const isName =
        (node.type === 'MemberExpression' && node['property'] === child && !node['computed']) ||
        (node.type === 'Property' && node['key'] === child);
      visit(child, isName);
    }
  };
  for (const node of body) visit(node, false);
  const end = body.findIndex((node) => node.type === 'ReturnStatement');
  if (end >= 0 && end < body.length - 1) faults.push('statements after return');
  return faults;
}

/** Names that are neither made in the file nor given by whoever wrapped it. */
function globalsOf(program: Any): Set<string> {
  const found = new Set<string>();
  const visit = (node: Any, scope: Set<string>): void => {
    let inner = scope;
    if (isFunction(node)) {
      const params = (node['params'] as Any[]).map((each) => each['name'] as string);
      const body = (node['body'] as Any)['body'] as Any[];
      inner = new Set([...scope, ...params, ...declared(body).keys(), 'arguments']);
    }
    if (node.type === 'CatchClause' && node['param']) {
      inner = new Set([...scope, (node['param'] as Any)['name'] as string]);
    }
    if (node.type === 'Identifier' && !scope.has(node['name'] as string)) found.add(node['name'] as string);
    for (const child of children(node)) {
      const isName =
        (node.type === 'MemberExpression' && node['property'] === child && !node['computed']) ||
        (node.type === 'Property' && node['key'] === child) ||
        (isFunction(node) && node['id'] === child);
      if (!isName) visit(child, inner);
    }
  };
  visit(program, new Set(declared(program['body'] as Any[]).keys()));
  return found;
}

export interface Audit {
  faults: string[];
  globals: string[];
}

/** Everything about a file that Espruino would not take, and the names it needs from outside. Text that is not ES5 is one fault. */
export function auditBoardFile(code: string): Audit {
  const faults: string[] = [];
  if (/[^\n\x20-\x7e]/.test(code)) faults.push('characters that are no ASCII');
  let program: Any;
  try {
    program = parse(code, { ecmaVersion: 5, sourceType: 'script' }) as unknown as Any;
  } catch (error) {
    return { faults: [...faults, `not ES5: ${(error as Error).message}`], globals: [] };
  }
  const visit = (node: Any): void => {
    const fault = faultOf(node, code);
    if (fault) faults.push(fault);
    if (node.type === 'Program' || node.type === 'BlockStatement')
      faults.push(...orderFaults(node['body'] as Any[]));
    for (const child of children(node)) visit(child);
  };
  visit(program);
  return { faults, globals: [...globalsOf(program)].sort() };
}
