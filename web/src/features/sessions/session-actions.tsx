/** What can be done with a chat: its menu and the questions that clearing and deleting ask first. */
import { useQueryClient } from '@tanstack/react-query';
import { Eraser, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { emptyHistory } from '../../api/queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useServices } from '../../api/services.ts';
import type { SessionItem } from '../../api/types.ts';
import { DEFAULT_SESSION, openSession, useConsoleLocation } from '../../browser/console-location.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { MenuItem } from '../../ui/menu.tsx';
import { titleOf } from './group-sessions.ts';

type Question = 'clear' | 'delete';

export type SessionToChange = Pick<SessionItem, 'session_key' | 'label' | 'chat_type'>;

/** Menu items for a chat, and the dialog to render beside the menu (`null` while nothing is asked). */
export function useSessionActions(session: SessionToChange): {
  readonly items: readonly MenuItem[];
  readonly dialog: ReactNode;
} {
  const [question, setQuestion] = useState<Question | null>(null);
  const items: readonly MenuItem[] = [
    { label: 'Clear context…', icon: <Eraser size={16} />, onSelect: () => setQuestion('clear') },
    { label: 'Delete…', icon: <Trash2 size={16} />, danger: true, onSelect: () => setQuestion('delete') },
  ];
  const close = () => setQuestion(null);
  const dialog =
    question === null ? null : <SessionQuestion kind={question} session={session} onClose={close} />;
  return { items, dialog };
}

interface SessionQuestionProps {
  readonly kind: Question;
  readonly session: SessionToChange;
  readonly onClose: () => void;
}

function SessionQuestion({ kind, session, onClose }: SessionQuestionProps) {
  const change = useSessionChange(session);
  const title = titleOf(session);
  const name = <strong className="font-semibold text-text">{title}</strong>;
  if (kind === 'delete') {
    return (
      <ConfirmDialog
        title={`Delete “${title}”?`}
        action="Delete chat"
        onConfirm={change.remove}
        onClose={onClose}
      >
        {name} and everything of it are erased: messages, context, memories, usage. A running answer is
        stopped. This cannot be undone.
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Clear the context of “${title}”?`}
      action="Clear context"
      onConfirm={change.clear}
      onClose={onClose}
    >
      {session.chat_type === 'web' ? (
        <>The messages and the to-do list of {name} are erased. Memories, tasks and usage stay.</>
      ) : (
        <>The agent forgets the conversation in {name}. The messages stay where they are.</>
      )}{' '}
      A running answer is stopped.
    </ConfirmDialog>
  );
}

function useSessionChange(session: SessionToChange) {
  const { client, outbox } = useServices();
  const queryClient = useQueryClient();
  const { sessionKey } = useConsoleLocation();
  const { session_key: key } = session;
  /** Empties what is shown without asking for it: the server would not know a deleted chat any more. */
  const empty = () => {
    outbox.forgetSession(key);
    queryClient.setQueryData(queryKeys.historyOf(key), emptyHistory(key));
  };
  return {
    clear: async () => {
      await client.resetSession(key);
      empty();
      await queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
    remove: async () => {
      await client.deleteSession(key);
      empty();
      if (sessionKey === key) openSession(DEFAULT_SESSION);
      await queryClient.invalidateQueries({ queryKey: queryKeys.sessions });
    },
  };
}
