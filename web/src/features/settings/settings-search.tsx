/** Finds settings, and leads to their sections. The search stays in view. */
import { fieldStyle } from '../../ui/field-style.ts';
import type { SettingSection, SettingsFilter } from './settings-filter.ts';

type Filter = Omit<SettingsFilter, 'pinned'>;

export interface SettingsSearchProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  /** How many settings are shown. */
  readonly count: number;
}

export function SettingsSearch({ filter, onFilter, count }: SettingsSearchProps) {
  return (
    <search className="-my-2 sticky top-0 z-10 flex flex-wrap items-center gap-x-4 gap-y-2 bg-canvas py-2">
      <input
        type="search"
        aria-label="Search settings"
        placeholder="Search settings"
        value={filter.search}
        onChange={(event) => onFilter({ ...filter, search: event.target.value })}
        className={fieldStyle(false, 'h-9 min-w-0 flex-1 coarse:h-11')}
      />
      <label className="flex items-center gap-2 coarse:min-h-10">
        <input
          type="checkbox"
          className="size-4 accent-accent-fill"
          checked={filter.isOnlyWritten}
          onChange={(event) => onFilter({ ...filter, isOnlyWritten: event.target.checked })}
        />
        Set in file
      </label>
      <p role="status" className="sr-only">
        {count} settings shown
      </p>
    </search>
  );
}

/** A button for each section that has something to show. */
export function SectionNav({ sections }: { readonly sections: readonly SettingSection[] }) {
  if (sections.length < 2) return null;
  return (
    <nav aria-label="Sections of the settings" className="flex flex-wrap gap-1.5">
      {sections.map(({ title, settings }) => (
        <button
          key={title}
          type="button"
          onClick={() => document.getElementById(sectionId(title))?.scrollIntoView({ block: 'start' })}
          className="h-7 rounded-md border border-line px-2 text-muted text-xs hover:bg-hover hover:text-text coarse:h-10"
        >
          {title} <span className="text-faint tabular-nums">{settings.length}</span>
        </button>
      ))}
    </nav>
  );
}

/** The id of a section in the page. */
export function sectionId(title: string): string {
  return `section-${title.toLowerCase().replaceAll(' ', '-')}`;
}
