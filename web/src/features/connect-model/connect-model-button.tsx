/** Opens the instructions for connecting a language model. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ConnectModelDialog } from './connect-model-dialog.tsx';

export function ConnectModelButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Connect a model</Button>
      {isOpen && <ConnectModelDialog onClose={() => setOpen(false)} />}
    </>
  );
}
