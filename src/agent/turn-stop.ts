/** Why a turn's signal was aborted; the reason of every `AbortSignal` inside a turn. */
export class TurnStop extends Error {
  override readonly name = 'TurnStop';
  /**
   * `user`: somebody asked; `deadline`: the turn's time is over; `shutdown`: the process ends and the turn continues
   * after the restart; `gone`: its session was reset or deleted.
   */
  override readonly cause: 'user' | 'deadline' | 'shutdown' | 'gone';

  constructor(cause: 'user' | 'deadline' | 'shutdown' | 'gone') {
    super(`turn stopped: ${cause}`);
    this.cause = cause;
  }
}

/** The stop reason behind an aborted signal, if it has one. */
export function stopReasonOf(signal: AbortSignal): TurnStop['cause'] | undefined {
  if (!signal.aborted) return undefined;
  const reason: unknown = signal.reason;
  return reason instanceof TurnStop ? reason.cause : 'user';
}

/** True when the turn is interrupted because the process ends: the next one continues it. */
export function isShuttingDown(signal: AbortSignal): boolean {
  return stopReasonOf(signal) === 'shutdown';
}
