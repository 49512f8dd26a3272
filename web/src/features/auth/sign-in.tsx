/** Sign-in with the operator password. A refusal says what to do about it. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, failureText } from '../../api/api-error.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useServices } from '../../api/services.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { AuthCard } from './auth-card.tsx';

export function SignIn() {
  const { client } = useServices();
  const queryClient = useQueryClient();
  const [password, setPassword] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      await client.login(password);
      await queryClient.invalidateQueries({ queryKey: queryKeys.auth });
    } catch (error) {
      setFailure(error);
      setIsBusy(false);
    }
  };
  return (
    <AuthCard title="Sign in" lead="Enter the operator password of this server.">
      <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        {/* For password managers: the console has one operator. */}
        <input type="text" name="username" autoComplete="username" value="operator" readOnly hidden />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {failure !== null && <SignInFailure error={failure} />}
        <Button tone="primary" type="submit" className="h-9" disabled={isBusy}>
          Sign in
        </Button>
      </form>
    </AuthCard>
  );
}

function SignInFailure({ error }: { readonly error: unknown }) {
  const status = error instanceof ApiError ? error.status : null;
  if (status === 401) {
    return (
      <Notice tone="danger">
        Wrong password. If it is lost, run <code className="font-mono">microclaw web password-generate</code>{' '}
        on the server: it sets a new one and ends every login.
      </Notice>
    );
  }
  if (status === 429) {
    const secs = error instanceof ApiError ? error.retryAfterSecs : null;
    return (
      <Notice tone="danger">
        Too many attempts. Wait {secs === null ? 'a minute' : `${secs} seconds`}, then try again.
      </Notice>
    );
  }
  return <Notice tone="danger">{failureText(error)}</Notice>;
}
