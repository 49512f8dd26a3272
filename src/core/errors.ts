/**
 * The one error type of the program and the way an area declares its codes.
 *
 * Invariants: a code is `MC_<AREA>_<NAME>` and never changes meaning; a retry decision reads `kind`, never a
 * message; `data` holds nothing secret, because it is logged and returned to clients.
 */

/**
 * What an error means for the caller: `user` (the request is wrong), `config` (the operator must change something),
 * `transient` (the same call may succeed later), `permanent` (it will not), `uncertain` (it may have had its
 * effect), `bug` (the program is wrong).
 */
export type ErrorKind = 'user' | 'config' | 'transient' | 'permanent' | 'uncertain' | 'bug';

/** One row of an area's error table; `docs/errors.md` is generated from these rows. */
export interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** One sentence for the reference page: when this is raised. */
  readonly summary: string;
  /** What the reader of the error can do about it. */
  readonly hint?: string;
}

export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Structured, already redacted facts about the failure. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** A failure with a stable code, a kind that decides what callers do, and a hint for the person who reads it. */
export class MicroclawError extends Error {
  override readonly name = 'MicroclawError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.kind = kind;
    this.hint = details.hint;
    this.data = details.data;
  }
}

/** The error table of one area, with a constructor that fills in kind and default hint. */
export interface ErrorCatalog<Name extends string> {
  readonly area: string;
  readonly definitions: Readonly<Record<Name, ErrorDefinition>>;
  /** Builds (does not throw) the error `MC_<AREA>_<name>`. */
  create(name: Name, message: string, details?: ErrorDetails): MicroclawError;
  /** True when `error` is this area's `name`. */
  is(error: unknown, name: Name): error is MicroclawError;
}

/** Declares the error codes of an area. `area` and the keys are upper-case words joined by `_`. */
export function defineErrors<Name extends string>(
  area: string,
  definitions: Readonly<Record<Name, ErrorDefinition>>,
): ErrorCatalog<Name> {
  return {
    area,
    definitions,
    create(name, message, details = {}) {
      const definition = definitions[name];
      return new MicroclawError(`MC_${area}_${name}`, definition.kind, message, {
        ...details,
        hint: details.hint ?? definition.hint,
      });
    },
    is(error, name): error is MicroclawError {
      return error instanceof MicroclawError && error.code === `MC_${area}_${name}`;
    },
  };
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
