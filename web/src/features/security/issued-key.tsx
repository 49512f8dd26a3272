/** A new secret, this once. */
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';

export interface IssuedKeyProps {
  readonly secret: string;
  /** The operator has taken it. */
  readonly onDone: () => void;
}

export function IssuedKey({ secret, onDone }: IssuedKeyProps) {
  return (
    <Notice tone="success" action={<Button onClick={onDone}>Done</Button>}>
      <p>Copy the key now; it is not shown again.</p>
      <p className="flex items-center gap-1">
        <code className="font-mono text-mono [overflow-wrap:anywhere]">{secret}</code>
        <CopyButton label="Copy the key" text={() => secret} />
      </p>
    </Notice>
  );
}
