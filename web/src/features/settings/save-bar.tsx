/**
 * Stands at the foot of the page while there are edits: how many, what keeps them from being saved, and the ways on.
 */
import type { ConfigPage, SettingBody } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { DocText } from '../../ui/doc-text.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { canSave, type Edits, isStale } from './edits.ts';
import { pointAt } from './point-at.ts';

export interface SaveBarProps {
  readonly edits: Edits;
  readonly settings: readonly SettingBody[];
  readonly page: ConfigPage;
  readonly onReview: () => void;
  readonly onDiscard: () => void;
  /** Goes on from the newest state of the file. */
  readonly onReload: () => Promise<void>;
}

export function SaveBar({ edits, settings, page, onReview, onDiscard, onReload }: SaveBarProps) {
  const doubtful = settings.filter(
    ({ key }) => edits.drafts.get(key)?.kind === 'invalid' || edits.refusals.has(key),
  );
  const general = edits.refusals.get('');
  return (
    <section
      aria-label="Unsaved changes"
      className="sticky bottom-4 flex flex-col gap-2 rounded-lg bg-floating p-3 shadow-float"
    >
      {isStale(edits, page) && (
        <Notice
          tone="danger"
          action={<Button onClick={() => void onReload()}>Reload, keep my changes</Button>}
        >
          The file was changed by somebody else meanwhile. Your changes are not saved and not lost.
        </Notice>
      )}
      {general !== undefined && (
        <Notice tone="danger">
          <DocText>{general}</DocText>
        </Notice>
      )}
      {doubtful.length > 0 && (
        <p className="text-danger text-xs">
          Cannot be saved:{' '}
          {doubtful.map(({ key }, index) => (
            <span key={key}>
              {index > 0 && ', '}
              <PlaceLink page="settings" at={key} onOpen={() => pointAt(key)}>
                {key}
              </PlaceLink>
            </span>
          ))}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span role="status" className="font-medium">
          {changesText(edits.drafts.size)}
        </span>
        <div className="ml-auto flex gap-2">
          <Button onClick={onDiscard}>Discard</Button>
          <Button tone="primary" disabled={!canSave(edits, page)} onClick={onReview}>
            Review and save
          </Button>
        </div>
      </div>
    </section>
  );
}

/** `1 unsaved change`, `3 unsaved changes`. */
function changesText(count: number): string {
  return count === 1 ? '1 unsaved change' : `${count} unsaved changes`;
}
