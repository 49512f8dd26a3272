/**
 * Reads the imports of the source tree with dependency-cruiser and reports every forbidden one
 * (`arrow-rules.ts`).
 *
 * swc's visitor does not know `using` declarations and gives up on a file that has one; the method below teaches it
 * to, so that no file is left unchecked.
 */
import { createRequire } from 'node:module';
import type { ICruiseResult } from 'dependency-cruiser';
import { cruise } from 'dependency-cruiser';
import { arrowRules } from './arrow-rules.ts';

/** One forbidden import. */
export interface ArrowViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The part of swc's visitor that is extended. */
interface StatementVisitor {
  visitStatement(statement: { readonly type: string; readonly decls?: unknown }): unknown;
  visitVariableDeclarators(declarations: unknown): unknown;
}

function teachUsingDeclarations(): void {
  const require = createRequire(import.meta.url);
  // CommonJS without types; the shape is what the interface above names, and the test fails when it changes.
  const { prototype } = require('@swc/core/Visitor.js').default as { readonly prototype: StatementVisitor };
  const known = prototype.visitStatement;
  prototype.visitStatement = function visitStatement(this: StatementVisitor, statement) {
    if (statement.type !== 'UsingDeclaration') return known.call(this, statement);
    this.visitVariableDeclarators(statement.decls);
    return statement;
  };
}

/** Forbidden imports below `baseDir`, and how many files were read. */
export async function findForbiddenImports(
  baseDir: string,
  folders: readonly string[],
): Promise<{ readonly violations: readonly ArrowViolation[]; readonly filesRead: number }> {
  teachUsingDeclarations();
  const { options, ...ruleSet } = arrowRules;
  const outcome = await cruise([...folders], { ...options, baseDir, ruleSet, validate: true });
  // Without an `outputType` the output is the result object.
  const result = outcome.output as ICruiseResult;
  return {
    violations: result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    filesRead: result.modules.filter((module) => module.source.endsWith('.ts')).length,
  };
}
