/** The settings once they are there: search, sections, and what is edited but not saved. */
import { useEffect, useMemo, useReducer, useState } from 'react';
import { useMayAdmin } from '../../api/config-queries.ts';
import type { ConfigPage, ConfigReferencePage, ConfigUpdateBody } from '../../api/types.ts';
import { useConsoleLocation } from '../../browser/console-location.ts';
import { useHotkeys } from '../../browser/hotkeys.ts';
import { useLeaveGuard } from '../../browser/leave-guard.ts';
import { canSave, NO_EDITS, reduceEdits } from './edits.ts';
import { FileState } from './file-state.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { pointAt } from './point-at.ts';
import { SaveBar } from './save-bar.tsx';
import { SaveFlow } from './save-flow.tsx';
import { SavedNotice } from './saved-notice.tsx';
import { SelfCheckBanner } from './self-check-banner.tsx';
import { SettingSections } from './setting-sections.tsx';
import { filterSections } from './settings-filter.ts';
import { SectionNav, SettingsSearch } from './settings-search.tsx';
import { SuggestionsContext, suggestionsOf } from './suggestions.ts';

export interface SettingsFormProps {
  readonly reference: ConfigReferencePage;
  readonly page: ConfigPage;
  /** Title of the one section that is shown, without search; all with it when absent. */
  readonly section?: string;
  /** Asks for the file again; `undefined` when there is no answer. */
  readonly onReload: () => Promise<ConfigPage | undefined>;
}

export function SettingsForm({ reference, page, section, onReload }: SettingsFormProps) {
  const { providers } = reference;
  const sections = useMemo(
    () => reference.sections.filter(({ title }) => section === undefined || title === section),
    [reference, section],
  );
  const [edits, dispatch] = useReducer(reduceEdits, NO_EDITS);
  const [filter, setFilter] = useState({ search: '', isOnlyWritten: false });
  const [isReviewing, setReviewing] = useState(false);
  const [saved, setSaved] = useState<ConfigUpdateBody | null>(null);
  const leave = useLeaveQuestion(edits.drafts.size > 0);
  const isReadOnly = !useMayAdmin();
  const { key } = useConsoleLocation();
  const pinned = section === undefined ? key : undefined;
  const settings = useMemo(() => sections.flatMap((section) => section.settings), [sections]);
  const suggestions = useMemo(() => suggestionsOf(providers, page), [providers, page]);
  useEffect(() => pointAt(pinned), [pinned]);
  useHotkeys(edits.drafts.size === 0 ? {} : { 'mod+s': () => setReviewing(canSave(edits, page)) });
  const first = settings.find(({ key }) => edits.drafts.has(key))?.key;
  const shown = filterSections(
    sections,
    { ...filter, pinned },
    (key) => page.written_keys.includes(key) || edits.drafts.has(key),
  );
  return (
    <>
      <div className="flex flex-col gap-3">
        {section === undefined && <SelfCheckBanner />}
        <FileState page={page} isReadOnly={isReadOnly} />
      </div>
      {section === undefined && (
        <>
          <SettingsSearch
            filter={filter}
            onFilter={setFilter}
            count={shown.reduce((sum, { settings: found }) => sum + found.length, 0)}
          />
          <SectionNav sections={shown} />
        </>
      )}
      <SuggestionsContext value={suggestions}>
        <SettingSections {...{ page, edits, isReadOnly, pinned, dispatch }} sections={shown} />
      </SuggestionsContext>
      {edits.drafts.size > 0 && (
        <SaveBar
          edits={edits}
          settings={settings}
          page={page}
          onReview={() => setReviewing(true)}
          onDiscard={() => {
            dispatch({ kind: 'discard' });
            pointAt(first);
          }}
          onReload={async () => {
            const newest = await onReload();
            if (newest !== undefined) dispatch({ kind: 'rebase', page: newest, settings });
            pointAt(first);
          }}
        />
      )}
      {saved !== null && edits.drafts.size === 0 && (
        <SavedNotice update={saved} onClose={() => setSaved(null)} />
      )}
      {isReviewing && edits.drafts.size > 0 && (
        <SaveFlow
          edits={edits}
          settings={settings}
          page={page}
          dispatch={dispatch}
          onSaved={setSaved}
          onRefused={pointAt}
          onClose={() => setReviewing(false)}
        />
      )}
      {leave}
    </>
  );
}

/** The question before unsaved edits are lost, while it is asked. */
function useLeaveQuestion(hasEdits: boolean) {
  const [proceed, setProceed] = useState<(() => void) | null>(null);
  useLeaveGuard(hasEdits, (go) => setProceed(() => go));
  if (proceed === null) return null;
  return <LeaveDialog onLeave={proceed} onStay={() => setProceed(null)} />;
}
