/** Asks which call is to be explained. */
import { type FormEvent, useId, useState } from 'react';
import { failureText } from '../../api/api-error.ts';
import { usePageChange } from '../../api/page-queries.ts';
import { useSessions } from '../../api/queries.ts';
import type { PolicyExplanationBody, ToolsPage } from '../../api/types.ts';
import { DEFAULT_SESSION } from '../../browser/console-location.ts';
import type { PolicyPlace } from '../../browser/policy-place.ts';
import { Button } from '../../ui/button.tsx';
import { fieldStyle } from '../../ui/field-style.ts';
import { Notice } from '../../ui/notice.tsx';
import { Explanation } from './explanation.tsx';
import { readInput } from './read-input.ts';

export interface PolicyFormProps {
  readonly tools: ToolsPage['tools'];
  readonly place: PolicyPlace;
}

export function PolicyForm({ tools, place }: PolicyFormProps) {
  const ask = usePageChange<PolicyExplanationBody>();
  const known = useSessions().data?.map(({ session_key }) => session_key) ?? [];
  const [tool, setTool] = useState(place.tool || (tools[0]?.name ?? ''));
  const [session, setSession] = useState(place.sessionKey || DEFAULT_SESSION);
  const [written, setWritten] = useState('');
  const [tainted, setTainted] = useState(false);
  const parsed = readInput(written);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed.kind === 'invalid') return;
    const body = { tool, session_key: session, tainted, input: parsed.input };
    ask.mutate({ method: 'POST', path: '/api/policy/explain', body });
  };
  return (
    <>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        <div className="grid gap-4 md:grid-cols-2">
          <Choice label="Tool" value={tool} options={tools.map(({ name }) => name)} onChange={setTool} />
          <Choice label="Chat" value={session} options={[DEFAULT_SESSION, ...known]} onChange={setSession} />
        </div>
        <InputField
          value={written}
          error={parsed.kind === 'invalid' ? parsed.reason : null}
          onChange={setWritten}
        />
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            className="size-4 accent-accent-fill"
            checked={tainted}
            onChange={(event) => setTainted(event.target.checked)}
          />
          As if the turn had read text of strangers
        </label>
        <div>
          <Button
            tone="primary"
            type="submit"
            disabled={ask.isPending || tool === '' || parsed.kind === 'invalid'}
          >
            Explain
          </Button>
        </div>
      </form>
      {ask.error !== null && <Notice tone="danger">{failureText(ask.error)}</Notice>}
      {ask.data !== undefined && <Explanation answer={ask.data} />}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

/** The value is offered too when the list does not hold it (yet). */
function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select
        id={id}
        className={fieldStyle(false, 'h-9 coarse:h-11')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {[...new Set([value, ...options])].map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </div>
  );
}

interface InputFieldProps {
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
}

function InputField({ value, error, onChange }: InputFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        Input
      </label>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        className={fieldStyle(error !== null, 'py-2 font-mono')}
        value={value}
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-note`} className={error === null ? 'text-muted text-xs' : 'text-danger text-xs'}>
        {error ?? 'A JSON object; empty: only what does not depend on the input is judged.'}
      </p>
    </div>
  );
}
