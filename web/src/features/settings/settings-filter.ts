/** Which settings a search shows: every word has to occur in the name, the meaning, or the title of the section. */
import type { ConfigReferencePage, SettingBody } from '../../api/types.ts';

export interface SettingsFilter {
  readonly search: string;
  /** Only what the file sets, and what is edited. */
  readonly isOnlyWritten: boolean;
  /** Shown whatever the search: a link points at it. */
  readonly pinned?: string | undefined;
}

export type SettingSection = ConfigReferencePage['sections'][number];

export type SettingBlock = SettingSection['blocks'][number];

/** Sections with what is shown of them; those with nothing are left out. */
export function filterSections(
  sections: readonly SettingSection[],
  { search, isOnlyWritten, pinned }: SettingsFilter,
  isWritten: (key: string) => boolean,
): readonly SettingSection[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return sections
    .map((section) => ({
      ...section,
      settings: section.settings.filter(
        (setting) =>
          setting.key === pinned ||
          ((!isOnlyWritten || isWritten(setting.key)) && matches(setting, section.title, words)),
      ),
    }))
    .filter(({ settings }) => settings.length > 0);
}

function matches(setting: SettingBody, title: string, words: readonly string[]): boolean {
  const text =
    `${setting.key} ${setting.key.replaceAll(/[._]/g, ' ')} ${setting.description} ${title}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Each setting with the block that begins with it, `null` when it belongs to the same one as the setting before. */
export function withBlocks(
  blocks: readonly SettingBlock[],
  settings: readonly SettingBody[],
): readonly { readonly block: SettingBlock | null; readonly setting: SettingBody }[] {
  const blockOf = ({ key }: SettingBody) =>
    blocks.findLast((block) => key.startsWith(`${block.key}.`)) ?? null;
  return settings.map((setting, index) => {
    const before = settings[index - 1];
    const block = blockOf(setting);
    return { setting, block: before !== undefined && blockOf(before) === block ? null : block };
  });
}
