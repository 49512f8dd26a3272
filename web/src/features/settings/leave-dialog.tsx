/** Asks before unsaved edits are lost. */
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export interface LeaveDialogProps {
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

export function LeaveDialog({ onLeave, onStay }: LeaveDialogProps) {
  return (
    <Dialog title="Leave without saving?" onClose={onStay}>
      <div className="flex flex-col gap-4 p-4">
        <p className="text-muted">Your changes of the settings are not saved and would be lost.</p>
        <div className="flex justify-end gap-2">
          <Button data-autofocus onClick={onStay}>
            Stay
          </Button>
          <Button tone="danger" onClick={onLeave}>
            Leave
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
