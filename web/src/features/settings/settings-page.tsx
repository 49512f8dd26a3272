/** The configuration file as a form: every key with its meaning, and a way to change it. */
import { Page } from '../../ui/page.tsx';
import { LoadedSettings } from './loaded-settings.tsx';

export function SettingsPage() {
  return (
    <Page title="Settings" description="What the configuration file says, and what each key means.">
      <LoadedSettings />
    </Page>
  );
}
