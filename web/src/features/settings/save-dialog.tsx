/** Shows what saving would change, and saves. */
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ChangeList, type ChangeListProps } from './change-list.tsx';

export interface SaveDialogProps extends ChangeListProps {
  readonly isSaving: boolean;
  /** Why nothing was saved, when it is about no key. */
  readonly failure: string | null;
  readonly onSave: () => void;
  readonly onClose: () => void;
}

export function SaveDialog({ isSaving, failure, onSave, onClose, ...changes }: SaveDialogProps) {
  return (
    <Dialog title="Save these changes?" onClose={onClose} className="!w-[min(36rem,calc(100vw-2rem))]">
      <div className="flex min-h-0 flex-col gap-4 p-4">
        <div className="min-h-0 overflow-y-auto">
          <ChangeList {...changes} />
        </div>
        <p className="text-muted text-xs [overflow-wrap:anywhere]">
          Written to {changes.page.path}; comments stay, and what it said before is kept beside it.
        </p>
        {failure !== null && <Notice tone="danger">{failure}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button data-autofocus tone="primary" disabled={isSaving} onClick={onSave}>
            Save
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
