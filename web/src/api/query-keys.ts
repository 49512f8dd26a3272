/** Names of the cached answers; a prefix invalidates everything below it. */
export const queryKeys = {
  auth: ['auth'],
  sessions: ['sessions'],
  history: ['history'],
  health: ['health'],
  runtime: ['runtime'],
  historyOf: (sessionKey: string) => ['history', sessionKey],
} as const;
