/** Finds settings, and leads to their sections. */
import { useId } from 'react';
import { fieldStyle } from '../../ui/field-style.ts';
import type { SettingSection, SettingsFilter } from './settings-filter.ts';

type Filter = Omit<SettingsFilter, 'pinned'>;

export interface SettingsSearchProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  /** What is shown of each section. */
  readonly sections: readonly SettingSection[];
}

export function SettingsSearch({ filter, onFilter, sections }: SettingsSearchProps) {
  const id = useId();
  const count = sections.reduce((sum, { settings }) => sum + settings.length, 0);
  const jump = (title: string) => {
    const heading = [...document.querySelectorAll<HTMLElement>('h3')].find(
      (element) => element.textContent === title,
    );
    heading?.scrollIntoView({ block: 'start' });
  };
  return (
    <search className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <input
          id={id}
          type="search"
          aria-label="Search settings"
          placeholder="Search settings"
          value={filter.search}
          onChange={(event) => onFilter({ ...filter, search: event.target.value })}
          className={fieldStyle(false, 'h-9 flex-1 basis-60 coarse:h-11')}
        />
        <label className="flex items-center gap-2 coarse:min-h-10">
          <input
            type="checkbox"
            className="size-4 accent-accent-fill"
            checked={filter.isOnlyWritten}
            onChange={(event) => onFilter({ ...filter, isOnlyWritten: event.target.checked })}
          />
          Only what the file sets
        </label>
      </div>
      <p role="status" className="sr-only">
        {count} settings shown
      </p>
      {sections.length > 1 && (
        <nav aria-label="Sections of the settings" className="flex flex-wrap gap-1.5">
          {sections.map(({ title, settings }) => (
            <button
              key={title}
              type="button"
              onClick={() => jump(title)}
              className="h-7 rounded-md border border-line px-2 text-muted text-xs hover:bg-hover hover:text-text coarse:h-10"
            >
              {title} <span className="text-faint tabular-nums">{settings.length}</span>
            </button>
          ))}
        </nav>
      )}
    </search>
  );
}
