/** The settings that are shown, by section, with a lesson where there are none. */
import type { ConfigPage } from '../../api/types.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import type { EditAction, Edits } from './edits.ts';
import { SettingRow } from './setting-row.tsx';
import type { SettingSection } from './settings-filter.ts';
import { sectionId } from './settings-search.tsx';

export interface SettingSectionsProps {
  readonly sections: readonly SettingSection[];
  readonly page: ConfigPage;
  readonly edits: Edits;
  readonly isReadOnly: boolean;
  /** The key that a link points at. */
  readonly pinned: string | undefined;
  readonly dispatch: (action: EditAction) => void;
}

export function SettingSections({
  sections,
  page,
  edits,
  isReadOnly,
  pinned,
  dispatch,
}: SettingSectionsProps) {
  if (sections.length === 0) {
    return <EmptyState title="No setting like this">Fewer words find more.</EmptyState>;
  }
  return sections.map(({ title, introduction, settings }) => (
    <Section key={title} title={title} description={<DocText>{introduction}</DocText>}>
      <ul
        id={sectionId(title)}
        aria-label={title}
        className="scroll-mt-28 divide-y divide-line rounded-md border border-line"
      >
        {settings.map((setting) => (
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
  ));
}
