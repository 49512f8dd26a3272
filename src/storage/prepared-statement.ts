/**
 * Statements and queries that are built and compiled once and then only filled with values: building one costs more
 * than running it, and a turn sends the same few over and over.
 *
 * Invariant: a prepared statement gives the same SQL and the same order of parameters as its query would with the
 * values in place, so values must not decide what the query looks like.
 */
import type { Compilable, CompiledQuery } from 'kysely';
import type { Storage, WriteStatement } from './storage.ts';
import type { SqlValue } from './worker/protocol.ts';

/** Stands where the value of that name goes. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Gives the place of a value while the query is built. */
export type ValueOf<Values> = <Name extends keyof Values & string>(name: Name) => Values[Name];

/**
 * Builds the query at the first use. `expectRows` as in `WriteStatement`.
 */
export function prepareStatement<Values extends Readonly<Record<string, SqlValue>>>(
  build: (value: ValueOf<Values>) => Compilable,
  expectRows?: number,
): (values: Values) => WriteStatement {
  const fill = prepare(build);
  return (values) => {
    const query = fill(values);
    return { query: { compile: () => query }, ...(expectRows === undefined ? {} : { expectRows }) };
  };
}

/** As `prepareStatement`, for a query; resolves with its rows. */
export function prepareQuery<Values extends Readonly<Record<string, SqlValue>>, Row>(
  storage: Pick<Storage, 'read'>,
  build: (value: ValueOf<Values>) => Compilable<Row>,
): (values: Values) => Promise<readonly Row[]> {
  const fill = prepare(build);
  return (values) => storage.read(fill(values));
}

/** Compiles at the first use and puts the values into their places at each. */
function prepare<Values extends Readonly<Record<string, SqlValue>>, Row>(
  build: (value: ValueOf<Values>) => Compilable<Row>,
): (values: Values) => CompiledQuery<Row> {
  let compiled: CompiledQuery<Row> | undefined;
  // The query builder passes values through to the parameters untouched, so the place may pose as the value.
  const slotFor = ((name: string) => new Slot(name)) as unknown as ValueOf<Values>;
  return (values) => {
    compiled ??= build(slotFor).compile();
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name] : parameter,
    );
    return { ...compiled, parameters };
  };
}
