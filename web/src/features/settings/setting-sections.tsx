/** The settings that are shown, by section, with a lesson where there are none. */
import { Fragment } from 'react';
import type { ConfigPage } from '../../api/types.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import type { EditAction, Edits } from './edits.ts';
import { SettingRow } from './setting-row.tsx';
import { type SettingBlock, type SettingSection, withBlocks } from './settings-filter.ts';
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
  return sections.map(({ title, introduction, blocks, settings }) => (
    <Section key={title} title={title} description={<DocText>{introduction}</DocText>}>
      <ul
        id={sectionId(title)}
        aria-label={title}
        className="scroll-mt-28 divide-y divide-line rounded-md border border-line"
      >
        {withBlocks(blocks, settings).map(({ block, setting }) => (
          <Fragment key={setting.key}>
            {block !== null && <BlockHeading block={block} />}
            <SettingRow
              setting={setting}
              page={page}
              draft={edits.drafts.get(setting.key)}
              refusal={edits.refusals.get(setting.key)}
              isReadOnly={isReadOnly}
              isPinned={setting.key === pinned}
              dispatch={dispatch}
            />
          </Fragment>
        ))}
      </ul>
    </Section>
  ));
}

function BlockHeading({ block }: { readonly block: SettingBlock }) {
  return (
    <li className="bg-surface px-3 py-2">
      <h4 className="font-medium font-mono text-mono">{block.key}</h4>
      <p className="text-muted text-xs">
        <DocText>{block.description}</DocText>
      </p>
    </li>
  );
}
