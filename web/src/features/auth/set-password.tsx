/** First start: the operator proves with the one-time token that the server is theirs and sets its password. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, failureText } from '../../api/api-error.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useServices } from '../../api/services.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthCard } from './auth-card.tsx';
import { bootstrapTokenOf, removeBootstrapToken } from './bootstrap-token.ts';
import { generatePassword, passwordProblem } from './password-rules.ts';

interface Form {
  readonly token: string;
  readonly password: string;
  readonly repeated: string;
  readonly generated: boolean;
}

type Submission =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly field: 'token' | 'password' | 'form'; readonly message: string };

export function SetPassword() {
  const linkToken = bootstrapTokenOf(window.location.hash) ?? '';
  const [hasLink] = useState(linkToken !== '');
  const [form, setForm] = useState<Form>({ token: linkToken, password: '', repeated: '', generated: false });
  const { submission, submit } = useSubmission(form);
  const change = (values: Partial<Form>) => setForm({ ...form, ...values });
  const errorOf = (field: 'token' | 'password') =>
    submission.kind === 'failed' && submission.field === field ? submission.message : null;
  return (
    <AuthCard
      title="Set the operator password"
      lead="This server is new. Choose the password that opens this console from now on."
    >
      <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        {!hasLink && (
          <TextField
            label="One-time token"
            name="token"
            autoComplete="off"
            required
            value={form.token}
            error={errorOf('token')}
            hint="The server prints a link with it when it starts; everything after #bootstrap= is the token."
            onChange={(event) => change({ token: event.target.value })}
          />
        )}
        {hasLink && errorOf('token') !== null && <Notice tone="danger">{errorOf('token')}</Notice>}
        <PasswordFields form={form} error={errorOf('password')} onChange={change} />
        {submission.kind === 'failed' && submission.field === 'form' && (
          <Notice tone="danger">{submission.message}</Notice>
        )}
        <Button tone="primary" type="submit" className="h-9" disabled={submission.kind === 'busy'}>
          Set password and sign in
        </Button>
      </form>
    </AuthCard>
  );
}

interface PasswordFieldsProps {
  readonly form: Form;
  readonly error: string | null;
  readonly onChange: (values: Partial<Form>) => void;
}

function PasswordFields({ form, error, onChange }: PasswordFieldsProps) {
  const generate = () => {
    const password = generatePassword((length) => crypto.getRandomValues(new Uint8Array(length)));
    onChange({ password, repeated: password, generated: true });
  };
  const type = form.generated ? 'text' : 'password';
  return (
    <>
      <TextField
        label="Password"
        name="password"
        type={type}
        autoComplete="new-password"
        autoFocus
        required
        className={form.generated ? 'font-mono' : ''}
        value={form.password}
        error={error}
        onChange={(event) => onChange({ password: event.target.value })}
      />
      <TextField
        label="Password again"
        name="repeated"
        type={type}
        autoComplete="new-password"
        required
        className={form.generated ? 'font-mono' : ''}
        value={form.repeated}
        onChange={(event) => onChange({ repeated: event.target.value })}
      />
      <div className="flex items-center gap-1">
        <Button onClick={generate}>Generate one</Button>
        {form.generated && <CopyButton label="Copy password" text={() => form.password} />}
        {form.generated && <span className="text-muted text-xs">Keep it in your password manager.</span>}
      </div>
    </>
  );
}

function useSubmission(form: Form) {
  const { client } = useServices();
  const queryClient = useQueryClient();
  const [submission, setSubmission] = useState<Submission>({ kind: 'idle' });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const problem = passwordProblem(form.password, form.repeated);
    if (problem !== null) {
      setSubmission({ kind: 'failed', field: 'password', message: problem });
      return;
    }
    setSubmission({ kind: 'busy' });
    try {
      await client.setFirstPassword(form.password.trim(), form.token.trim());
      removeBootstrapToken();
      await client.login(form.password.trim());
      await queryClient.invalidateQueries({ queryKey: queryKeys.auth });
    } catch (error) {
      setSubmission({ kind: 'failed', ...explain(error) });
    }
  };
  return { submission, submit };
}

function explain(error: unknown): { readonly field: 'token' | 'form'; readonly message: string } {
  if (error instanceof ApiError && error.status === 401) {
    const message =
      'The server does not accept this token. It is valid once, until the next start: use the newest link.';
    return { field: 'token', message };
  }
  return { field: 'form', message: failureText(error) };
}
