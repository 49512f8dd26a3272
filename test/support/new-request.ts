/** A request as a surface hands it to the inbox, for tests that need one with nothing special about it. */
import type { NewInboxItem } from '../../src/storage/repositories/inbox-repository.ts';

export function newRequest(runId: string, chatId: number, changes: Partial<NewInboxItem> = {}): NewInboxItem {
  return {
    runId,
    messageId: `message-${runId}`,
    chatId,
    sessionKey: 'main',
    channel: 'web',
    account: '',
    platformMessageId: null,
    actorKind: 'operator',
    actorId: 'session:1',
    principal: 'main',
    senderName: 'ann',
    content: `text of ${runId}`,
    ...changes,
  };
}
