/** The settings once they are there: search, sections, and what is edited but not saved. */
import { useEffect, useMemo, useReducer, useState } from 'react';
import { useMayAdmin } from '../../api/config-queries.ts';
import type { ConfigPage, ConfigUpdateBody } from '../../api/types.ts';
import { useConsoleLocation } from '../../browser/console-location.ts';
import { useLeaveGuard } from '../../browser/leave-guard.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { NO_EDITS, reduceEdits } from './edits.ts';
import { FileState } from './file-state.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { SaveBar } from './save-bar.tsx';
import { SaveFlow } from './save-flow.tsx';
import { SavedNotice } from './saved-notice.tsx';
import { SelfCheckBanner } from './self-check-banner.tsx';
import { rowId, SettingRow } from './setting-row.tsx';
import { filterSections, type SettingSection } from './settings-filter.ts';
import { SettingsSearch } from './settings-search.tsx';

export interface SettingsFormProps {
  readonly sections: readonly SettingSection[];
  readonly page: ConfigPage;
}

export function SettingsForm({ sections, page }: SettingsFormProps) {
  const [edits, dispatch] = useReducer(reduceEdits, NO_EDITS);
  const [filter, setFilter] = useState({ search: '', isOnlyWritten: false });
  const [isReviewing, setReviewing] = useState(false);
  const [saved, setSaved] = useState<ConfigUpdateBody | null>(null);
  const leave = useLeaveQuestion(edits.drafts.size > 0);
  const isReadOnly = !useMayAdmin();
  const pinned = useConsoleLocation().key;
  const settings = useMemo(() => sections.flatMap((section) => section.settings), [sections]);
  const keys = useMemo(() => new Set(settings.map(({ key }) => key)), [settings]);
  useEffect(() => pointAt(pinned), [pinned]);
  const shown = filterSections(
    sections,
    { ...filter, pinned },
    (key) => page.written_keys.includes(key) || edits.drafts.has(key),
  );
  return (
    <>
      <SelfCheckBanner keys={keys} />
      <FileState page={page} isReadOnly={isReadOnly} />
      {saved !== null && edits.drafts.size === 0 && <SavedNotice update={saved} />}
      <SettingsSearch filter={filter} onFilter={setFilter} sections={shown} />
      {shown.length === 0 && (
        <EmptyState title="No setting has all of these words">Fewer words find more.</EmptyState>
      )}
      {shown.map((section) => (
        <Section
          key={section.title}
          title={section.title}
          description={<DocText>{section.introduction}</DocText>}
        >
          <ul aria-label={section.title} className="divide-y divide-line rounded-md border border-line">
            {section.settings.map((setting) => (
              <SettingRow
                key={setting.key}
                setting={setting}
                page={page}
                draft={edits.drafts.get(setting.key)}
                refusal={edits.refusals.get(setting.key)}
                isReadOnly={isReadOnly}
                isPinned={setting.key === pinned}
                dispatch={dispatch}
              />
            ))}
          </ul>
        </Section>
      ))}
      {edits.drafts.size > 0 && (
        <SaveBar
          edits={edits}
          settings={settings}
          page={page}
          onReview={() => setReviewing(true)}
          onDiscard={() => dispatch({ kind: 'discard' })}
          onReload={() => dispatch({ kind: 'rebase', page, settings })}
        />
      )}
      {isReviewing && edits.drafts.size > 0 && (
        <SaveFlow
          edits={edits}
          settings={settings}
          page={page}
          dispatch={dispatch}
          onSaved={setSaved}
          onClose={() => setReviewing(false)}
        />
      )}
      {leave}
    </>
  );
}

/** Brings the row that a link points at into view and puts the focus into its field. */
function pointAt(key: string | undefined): void {
  if (key === undefined) return;
  requestAnimationFrame(() => {
    const row = document.getElementById(rowId(key));
    row?.scrollIntoView({ block: 'center' });
    row?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
  });
}

/** The question before unsaved edits are lost, while it is asked. */
function useLeaveQuestion(hasEdits: boolean) {
  const [proceed, setProceed] = useState<(() => void) | null>(null);
  useLeaveGuard(hasEdits, (go) => setProceed(() => go));
  if (proceed === null) return null;
  return <LeaveDialog onLeave={proceed} onStay={() => setProceed(null)} />;
}
