/** Where the settings come from, and what an operator has to know before changing them. */

import { useRuntime } from '../../api/queries.ts';
import type { ConfigPage } from '../../api/types.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';

export interface FileStateProps {
  readonly page: ConfigPage;
  readonly isReadOnly: boolean;
}

export function FileState({ page, isReadOnly }: FileStateProps) {
  const isOffline = useRuntime().data?.model.offline === true;
  const isBroken = page.problems.some(({ severity }) => severity === 'error');
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
      <Problems problems={page.problems} />
      {page.requires_restart && !isBroken && (
        <Notice tone="warning" isQuiet>
          Changes in the file wait for a restart of microclaw.
        </Notice>
      )}
      <p className="text-muted text-xs [overflow-wrap:anywhere]">
        File: <code className="font-mono">{page.path}</code>
      </p>
    </div>
  );
}

/** What `microclaw config check` would say about the file. */
function Problems({ problems }: Pick<ConfigPage, 'problems'>) {
  if (problems.length === 0) return null;
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return (
    <Notice tone={isBroken ? 'danger' : 'warning'} isQuiet>
      <p>
        {isBroken
          ? 'The file has errors and cannot be used. What you see is in force.'
          : 'The file is used, and something in it is doubtful.'}
      </p>
      <ul aria-label="Problems of the file" className="mt-1 flex list-disc flex-col gap-1 pl-4 text-xs">
        {problems.map(({ key, line, message }) => (
          <li key={`${line} ${key} ${message}`}>
            {line !== null && `Line ${line}: `}
            <DocText>{message}</DocText>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
