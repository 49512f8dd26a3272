/** Names of the cached answers; a prefix invalidates everything below it. */
export const queryKeys = {
  auth: ['auth'],
  sessions: ['sessions'],
  history: ['history'],
  health: ['health'],
  runtime: ['runtime'],
  configReference: ['config-reference'],
  pages: ['page'],
  /** Answers for the pages of the operator, by path. */
  page: (path: string) => ['page', path],
  historyOf: (sessionKey: string) => ['history', sessionKey],
} as const;
