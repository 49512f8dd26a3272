/**
 * The logger as everybody sees it: four levels, structured fields first, a fixed sentence second.
 *
 * Invariants: a message is a constant sentence and everything variable is a field; an error goes into the field `err`;
 * message texts of users and secrets are never logged. This file imports nothing, so that depending on the port costs
 * nothing; `create-logger.ts` has the implementation.
 */

/** Structured facts of a log line. `err` holds an error, `target` names the part of the program. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines. Calls never throw and never wait. */
export interface Logger {
  /** Details for whoever debugs this part. Off by default. */
  debug(fields: LogFields, message: string): void;
  /** Normal events worth a line: started, stopped, connected, recovered. */
  info(fields: LogFields, message: string): void;
  /** Something went wrong and the program went on without it. */
  warn(fields: LogFields, message: string): void;
  /** Something an operator should look at. */
  error(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to every line; a `target` among them selects the level of its lines. */
  child(fields: LogFields): Logger;
}

/** Drops everything; for tests and for parts that run before logging is set up. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
