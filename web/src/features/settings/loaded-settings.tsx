/** The form of the settings with its data; one section of it on the page that the section is about. */
import { useConfig, useConfigReference } from '../../api/config-queries.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { SettingsForm } from './settings-form.tsx';

export function LoadedSettings({ section }: { readonly section?: string }) {
  const config = useConfig();
  const reference = useConfigReference();
  return (
    <Loaded query={reference} what="settings">
      {(known) => (
        <Loaded query={config} what="settings">
          {(page) => (
            <SettingsForm
              reference={known}
              page={page}
              {...(section === undefined ? {} : { section })}
              onReload={async () => (await config.refetch()).data}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}
