/**
 * Saving, from the summary to the server's word.
 *
 * Invariant: edits are gone only when the server has written them; refused ones stay, each with its reason.
 */
import { ApiError, failureText } from '../../api/api-error.ts';
import { useConfigChange } from '../../api/config-queries.ts';
import type { ConfigUpdateBody } from '../../api/types.ts';
import type { ChangeListProps } from './change-list.tsx';
import { type EditAction, patchOf, refusalsOf } from './edits.ts';
import { SaveDialog } from './save-dialog.tsx';

export interface SaveFlowProps extends ChangeListProps {
  readonly dispatch: (action: EditAction) => void;
  readonly onSaved: (update: ConfigUpdateBody) => void;
  /** The first key that was refused. */
  readonly onRefused: (key: string) => void;
  readonly onClose: () => void;
}

export function SaveFlow({ dispatch, onSaved, onRefused, onClose, ...changes }: SaveFlowProps) {
  const change = useConfigChange();
  const { edits, settings, page } = changes;
  const save = async () => {
    try {
      const update = await change.mutateAsync({ patch: patchOf(edits), etag: edits.etag ?? page.etag });
      dispatch({ kind: 'discard' });
      onSaved(update);
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) return; // not reached: the dialog shows it, and saving can be tried again
      if (error.status === 400) {
        const keys = settings.map(({ key }) => key);
        const refusals = refusalsOf(error.message, keys);
        dispatch({ kind: 'refused', refusals });
        onClose();
        const first = keys.find((key) => refusals.has(key));
        if (first !== undefined) onRefused(first);
      }
      if (error.status === 412) {
        dispatch({ kind: 'stale' });
        onClose();
      }
    }
  };
  return (
    <SaveDialog
      {...changes}
      isSaving={change.isPending}
      failure={change.error === null ? null : failureText(change.error)}
      onSave={() => void save()}
      onClose={onClose}
    />
  );
}
