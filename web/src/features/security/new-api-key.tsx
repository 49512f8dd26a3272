/** Asks what a new key is for, what it may do and for how long. */
import { type FormEvent, useState } from 'react';
import { failureText } from '../../api/api-error.ts';
import { usePageChange } from '../../api/page-queries.ts';
import type { IssuedApiKeyBody } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TextField } from '../../ui/text-field.tsx';

const SCOPES = [
  { name: 'operator.read', does: 'see chats, runs, settings and the audit log' },
  { name: 'operator.write', does: 'send messages and change chats' },
  { name: 'operator.approvals', does: 'answer calls that wait' },
  { name: 'operator.admin', does: 'everything, keys and settings included' },
] as const;

const DEFAULT_DAYS = '90';

export interface NewApiKeyProps {
  readonly onIssued: (secret: string) => void;
  readonly onClose: () => void;
}

export function NewApiKey({ onIssued, onClose }: NewApiKeyProps) {
  const change = usePageChange<IssuedApiKeyBody>();
  const [label, setLabel] = useState('');
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(['operator.read']));
  const flip = (name: string) => {
    const next = new Set(scopes);
    if (!next.delete(name)) next.add(name);
    setScopes(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const body = {
      label: label.trim(),
      scopes: [...scopes],
      expires_days: days.trim() === '' ? null : Number(days),
    };
    // A failure stays in `change.error` and is shown below.
    const issued = await change
      .mutateAsync({ method: 'POST', path: '/api/auth/api_keys', body })
      .catch(() => null);
    if (issued === null) return;
    onIssued(issued.api_key);
    onClose();
  };
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form className="flex flex-col gap-4 overflow-y-auto p-4" onSubmit={(event) => void submit(event)}>
        <TextField
          label="Label"
          hint="Where it is used, so that you know it again."
          required
          maxLength={200}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-medium">It may</legend>
          {SCOPES.map(({ name, does }) => (
            <label key={name} className="flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-0.5 size-4 accent-accent-fill"
                checked={scopes.has(name)}
                onChange={() => flip(name)}
              />
              <span>
                {does} <code className="font-mono text-faint text-xs">{name}</code>
              </span>
            </label>
          ))}
        </fieldset>
        <TextField
          label="Expires after days"
          hint="Empty: never."
          type="number"
          min={1}
          max={3650}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        />
        {change.error !== null && <Notice tone="danger">{failureText(change.error)}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={change.isPending || scopes.size === 0}>
            Create key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
