/** Browsers that are signed in, with a way to sign each out, and the password. */
import { type FormEvent, useState } from 'react';
import { failureText } from '../../api/api-error.ts';
import { usePageChange, usePageQuery } from '../../api/page-queries.ts';
import type { LoginSessionBody, LoginSessionsPage } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Badge, Row, Rows, Section } from '../../ui/page.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { Timestamp } from '../../ui/timestamp.tsx';

export function LoginSessions() {
  const sessions = usePageQuery<LoginSessionsPage>('/api/auth/sessions');
  const change = usePageChange();
  const [ending, setEnding] = useState<LoginSessionBody | null>(null);
  const [isChanging, setChanging] = useState(false);
  return (
    <Section
      title="Signed-in browsers"
      action={<Button onClick={() => setChanging(true)}>Change password</Button>}
    >
      <Loaded query={sessions} what="logins">
        {(answer) => (
          <Rows label="Signed-in browsers">
            {answer.sessions.map((item) => (
              <SessionRow key={item.session_id} item={item} onEnd={() => setEnding(item)} />
            ))}
          </Rows>
        )}
      </Loaded>
      {ending !== null && (
        <ConfirmDialog
          title={`Sign out “${nameOf(ending)}”?`}
          action="Sign out"
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await change.mutateAsync({ method: 'DELETE', path: `/api/auth/sessions/${ending.session_id}` });
          }}
        >
          That browser has to sign in again.
        </ConfirmDialog>
      )}
      {isChanging && <ChangePassword onClose={() => setChanging(false)} />}
    </Section>
  );
}

function nameOf(item: LoginSessionBody): string {
  return item.label ?? item.session_id.slice(0, 8);
}

function SessionRow({ item, onEnd }: { readonly item: LoginSessionBody; readonly onEnd: () => void }) {
  return (
    <Row
      title={
        <span className="flex flex-wrap items-center gap-2">
          <span>{nameOf(item)}</span>
          {item.current && <Badge tone="good">this one</Badge>}
        </span>
      }
      facts={[
        <span key="seen">
          seen <Timestamp at={item.last_seen_at} />
        </span>,
        <span key="since">
          since <Timestamp at={item.created_at} />
        </span>,
        <span key="until">
          until <Timestamp at={item.expires_at} />
        </span>,
      ]}
      {...(item.current
        ? {}
        : {
            actions: (
              <Button aria-label={`Sign out ${nameOf(item)}`} onClick={onEnd}>
                Sign out
              </Button>
            ),
          })}
    />
  );
}

const MIN_LENGTH = 8;

function ChangePassword({ onClose }: { readonly onClose: () => void }) {
  const change = usePageChange();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== password;
  const isUsable = password.trim().length >= MIN_LENGTH && again === password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isUsable)
      change.mutate(
        { method: 'POST', path: '/api/auth/password', body: { password } },
        { onSuccess: onClose },
      );
  };
  return (
    <Dialog title="Change password" onClose={onClose}>
      <form className="flex flex-col gap-4 p-4" onSubmit={submit}>
        <TextField
          label="New password"
          hint={`At least ${MIN_LENGTH} characters.`}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label="New password again"
          type="password"
          autoComplete="new-password"
          error={differs ? 'The two differ.' : null}
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
        <p className="text-muted text-xs">Every other browser is signed out.</p>
        {change.error !== null && <Notice tone="danger">{failureText(change.error)}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" disabled={!isUsable || change.isPending}>
            Change password
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
