import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/**
 * Portable code runs on Espruino after types are stripped. The ES5 library keeps missing globals out at compile time; this keeps out
 * the syntax that the interpreter does not know (measured on 2v29): it has no default parameters, spread, destructuring, optional
 * chaining, generators or async, does not hoist functions, and wants `default` last in a switch.
 */
const root = join(import.meta.dirname, '../..');
const portable = [
  'protocol/src/wire',
  'protocol/src/model',
  'protocol/src/serial',
  'device-sdk/src/core',
  'device-sdk/src/board',
  'device-sdk/src/platform/espruino',
];

const forbiddenKinds = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.SpreadElement, 'spread'],
  [ts.SyntaxKind.SpreadAssignment, 'object spread'],
  [ts.SyntaxKind.ObjectBindingPattern, 'destructuring'],
  [ts.SyntaxKind.ArrayBindingPattern, 'destructuring'],
  [ts.SyntaxKind.YieldExpression, 'generator'],
  [ts.SyntaxKind.AwaitExpression, 'await'],
  [ts.SyntaxKind.LabeledStatement, 'label'],
  [ts.SyntaxKind.TaggedTemplateExpression, 'tagged template'],
  [ts.SyntaxKind.PrivateIdentifier, '#private name'],
  [ts.SyntaxKind.ComputedPropertyName, 'computed key'],
  [ts.SyntaxKind.ForOfStatement, 'for-of'],
  [ts.SyntaxKind.AsteriskAsteriskToken, '**'],
  [ts.SyntaxKind.QuestionQuestionEqualsToken, '??='],
  [ts.SyntaxKind.BarBarEqualsToken, '||='],
  [ts.SyntaxKind.BigIntLiteral, 'bigint'],
  [ts.SyntaxKind.EnumDeclaration, 'enum'],
]);

function filesIn(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return filesIn(path);
    return /(?<!\.(test|fixture))\.ts$/.test(path) ? [path] : [];
  });
}

function isTypeOnly(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

function faultOf(node: ts.Node): string | undefined {
  const known = forbiddenKinds.get(node.kind);
  if (known) return known;
  if (ts.isParameter(node) && node.initializer) return 'default parameter';
  if (ts.isParameter(node) && node.dotDotDotToken) return 'rest parameter';
  if (
    (ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isCallExpression(node)) &&
    node.questionDotToken
  )
    return 'optional chaining';
  if (
    ts.isFunctionLike(node) &&
    ts.getModifiers(node as ts.FunctionDeclaration)?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword)
  )
    return 'async';
  if (ts.isCaseBlock(node) && node.clauses.slice(0, -1).some(ts.isDefaultClause))
    return 'default is not last';
  if (ts.isHeritageClause(node) && node.getText().includes('extends Error')) return 'class extends Error';
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    /\.length$/.test(node.left.getText())
  )
    return 'assignment to length';
  return undefined;
}

function faultsIn(text: string, file: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const faults: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isTypeOnly(node)) return;
    const fault = faultOf(node);
    if (fault)
      faults.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${fault}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return faults;
}

describe('portable code', () => {
  it.each(portable)('%s uses only syntax that Espruino knows', (dir) => {
    const files = filesIn(join(root, dir));
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => faultsIn(readFileSync(file, 'utf8'), relative(root, file)))).toEqual([]);
  });

  it.each([
    ['function f(a = 1) {}', 'default parameter'],
    ['f(...a);', 'spread'],
    ['const {a} = b;', 'destructuring'],
    ['a?.b;', 'optional chaining'],
    ['async () => 1;', 'async'],
    ['switch (a) { default: b(); case 1: c(); }', 'default is not last'],
    ['a.length = 0;', 'assignment to length'],
    ['const x = { [a]: 1 };', 'computed key'],
  ])('would find %s', (text, fault) => {
    expect(faultsIn(text, 'x.ts')).toEqual([`x.ts:1 ${fault}`]);
  });
});
