/** The configuration file as a form: every key with its meaning, and a way to change it. */
import { useConfig, useConfigReference } from '../../api/config-queries.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { SettingsForm } from './settings-form.tsx';

export function SettingsPage() {
  const config = useConfig();
  const reference = useConfigReference();
  return (
    <Page title="Settings" description="What the configuration file says, and what each key means.">
      <Loaded query={reference} what="settings">
        {(known) => (
          <Loaded query={config} what="settings">
            {(page) => (
              <SettingsForm
                reference={known}
                page={page}
                onReload={async () => (await config.refetch()).data}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}
