/** The pages of the operator: what each is called, how it is reached, and its code, which loads on first use. */
import { KeyRound, Scale, ScrollText, ShieldCheck, SlidersHorizontal, Webhook } from 'lucide-react';
import { type ComponentType, lazy, Suspense } from 'react';
import type { PageName } from '../browser/console-location.ts';
import { Skeleton } from '../ui/placeholder.tsx';

export interface PageEntry {
  readonly name: PageName;
  readonly title: string;
  /** Shortcut, `g` and a letter. */
  readonly keys: string;
  readonly icon: typeof KeyRound;
}

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { name: 'approvals', title: 'Approvals', keys: 'g a', icon: ShieldCheck },
  { name: 'security', title: 'Security', keys: 'g e', icon: KeyRound },
  { name: 'hooks', title: 'Hooks', keys: 'g h', icon: Webhook },
  { name: 'audit', title: 'Audit', keys: 'g u', icon: ScrollText },
  { name: 'policy', title: 'Policy', keys: 'g p', icon: Scale },
  { name: 'settings', title: 'Settings', keys: 'g ,', icon: SlidersHorizontal },
];

const VIEWS: Readonly<Record<PageName, ComponentType>> = {
  approvals: lazy(async () => ({
    default: (await import('../features/approvals/approvals-page.tsx')).ApprovalsPage,
  })),
  security: lazy(async () => ({
    default: (await import('../features/security/security-page.tsx')).SecurityPage,
  })),
  hooks: lazy(async () => ({ default: (await import('../features/hooks/hooks-page.tsx')).HooksPage })),
  policy: lazy(async () => ({ default: (await import('../features/policy/policy-page.tsx')).PolicyPage })),
  settings: lazy(async () => ({
    default: (await import('../features/settings/settings-page.tsx')).SettingsPage,
  })),
  audit: lazy(async () => ({ default: (await import('../features/audit/audit-page.tsx')).AuditPage })),
};

export function titleOfPage(name: PageName): string {
  return PAGES.find((page) => page.name === name)?.title ?? name;
}

export function PageView({ name }: { readonly name: PageName }) {
  const View = VIEWS[name];
  return (
    <Suspense fallback={<Skeleton label="Loading the page" widths={['w-1/4', 'w-1/2', 'w-2/3']} />}>
      <View />
    </Suspense>
  );
}
