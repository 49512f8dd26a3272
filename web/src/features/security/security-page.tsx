/** Who may reach this installation, and what is doubtful about how it is set up. */
import { Page } from '../../ui/page.tsx';
import { ApiKeys } from './api-keys.tsx';
import { LoginSessions } from './login-sessions.tsx';
import { SelfCheck } from './self-check.tsx';

export function SecurityPage() {
  return (
    <Page
      title="Security"
      description="Doubtful settings, keys for programs, and the browsers that are signed in."
    >
      <SelfCheck />
      <ApiKeys />
      <LoginSessions />
    </Page>
  );
}
