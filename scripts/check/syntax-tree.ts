/** The syntax tree of a source, as far as the checks need it: nodes with a type, looked at one by one. */
import { parse } from '@swc/core';

/** A node of swc's tree; its fields are read with a check of their own. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Calls `onNode` for every node of a TypeScript source, outer ones first. */
export async function visitSource(text: string, onNode: (node: SyntaxNode) => void): Promise<void> {
  visit(await parse(text, { syntax: 'typescript', target: 'esnext' }), onNode);
}

function visit(value: unknown, onNode: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, onNode);
  else if (isNode(value)) {
    onNode(value);
    for (const field of Object.values(value)) visit(field, onNode);
  } else if (typeof value === 'object' && value !== null) {
    for (const field of Object.values(value)) visit(field, onNode); // an argument: `{ spread, expression }`
  }
}

/** Whether a field holds one node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The name of an identifier. */
export function nameOf(value: unknown): string | undefined {
  if (!isNode(value) || value.type !== 'Identifier') return undefined;
  return typeof value.value === 'string' ? value.value : undefined;
}

/** The value of a string literal. */
export function stringOf(value: unknown): string | undefined {
  if (!isNode(value) || value.type !== 'StringLiteral') return undefined;
  return typeof value.value === 'string' ? value.value : undefined;
}
