/** How doubtful the settings are, and which keys that is about. */
import { useSettingKeys } from '../../api/config-queries.ts';
import { usePageQuery } from '../../api/page-queries.ts';
import type { SelfCheckPage } from '../../api/types.ts';
import { Notice, type NoticeTone } from '../../ui/notice.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { SettingLinks } from '../../ui/setting-links.tsx';
import { pointAt } from './point-at.ts';

const TONES: Readonly<Record<SelfCheckPage['risk_level'], NoticeTone>> = {
  none: 'success',
  medium: 'warning',
  high: 'danger',
};

/** Nothing while the answer is on its way or missing: the page is useful without it. */
export function SelfCheckBanner() {
  const keys = useSettingKeys();
  const check = usePageQuery<SelfCheckPage>('/api/config/self_check').data;
  if (check === undefined) return null;
  const { risk_level, warning_count, warnings } = check;
  if (warning_count === 0) return <Notice tone="success">The self-check finds nothing doubtful.</Notice>;
  return (
    <Notice tone={TONES[risk_level]} isQuiet>
      <p>
        <strong className="font-medium">Risk: {risk_level}.</strong> The self-check has {warning_count}{' '}
        {warning_count === 1 ? 'warning' : 'warnings'}; <PlaceLink page="security">Security</PlaceLink> shows
        what each is about.
      </p>
      <details className="mt-1 text-xs">
        <summary className="w-fit rounded">What to change</summary>
        <ul aria-label="Warnings" className="mt-1 flex list-disc flex-col gap-1 pl-4">
          {warnings.map((warning) => (
            <li key={`${warning.code} ${warning.message}`}>
              {warning.message} <SettingLinks text={warning.hint} keys={keys} onOpen={pointAt} />
            </li>
          ))}
        </ul>
      </details>
    </Notice>
  );
}
