/** Copies a text and says that it did. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../browser/copy-text.ts';
import { IconButton } from './button.tsx';

const CONFIRMATION_MS = 1_500;

export interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
  readonly className?: string;
}

export function CopyButton({ label, text, className }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async () => {
    setState((await copyText(text())) ? 'copied' : 'refused');
    setTimeout(() => setState('idle'), CONFIRMATION_MS);
  };
  const labels = { idle: label, copied: 'Copied', refused: 'The browser refused to copy' };
  return (
    <IconButton
      label={labels[state]}
      icon={state === 'copied' ? <Check size={14} className="text-accent" /> : <Copy size={14} />}
      onClick={() => void copy()}
      className={className}
    />
  );
}
