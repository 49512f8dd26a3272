/** Where the settings come from, and what an operator has to know before changing them. */

import { useRuntime } from '../../api/queries.ts';
import type { ConfigPage } from '../../api/types.ts';
import { Notice } from '../../ui/notice.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';

export interface FileStateProps {
  readonly page: ConfigPage;
  readonly isReadOnly: boolean;
}

export function FileState({ page, isReadOnly }: FileStateProps) {
  const isOffline = useRuntime().data?.model.offline === true;
  return (
    <div className="flex flex-col gap-2">
      {isReadOnly && (
        <Notice tone="info" isQuiet>
          You may look and not change: changing settings needs the scope{' '}
          <code className="font-mono">operator.admin</code>.
        </Notice>
      )}
      {isOffline && (
        <Notice tone="warning" isQuiet>
          No language model is connected. Set{' '}
          <PlaceLink page="settings" at="llm_provider">
            llm_provider
          </PlaceLink>{' '}
          and, unless the model runs on this machine,{' '}
          <PlaceLink page="settings" at="api_key">
            api_key
          </PlaceLink>
          .
        </Notice>
      )}
      {page.requires_restart && (
        <Notice tone="warning" isQuiet>
          The file says something else than what is in force. Restart microclaw to put it in force.
        </Notice>
      )}
      <p className="text-muted text-xs [overflow-wrap:anywhere]">
        File: <code className="font-mono">{page.path}</code>
      </p>
    </div>
  );
}
