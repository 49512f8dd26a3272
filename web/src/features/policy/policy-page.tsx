/** Why a tool call is allowed, asked about or refused, by the checks of the executor itself. */
import { usePageQuery } from '../../api/page-queries.ts';
import type { ToolsPage } from '../../api/types.ts';
import { useConsoleLocation } from '../../browser/console-location.ts';
import { parsePolicyPlace } from '../../browser/policy-place.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { PolicyForm } from './policy-form.tsx';

/** The settings that decide, in the order of the steps. */
const KEYS = [
  'tool_policy.mode',
  'tool_policy.deny_tools',
  'tool_policy.allow_tools',
  'tool_policy.max_risk',
  'egress_policy.mode',
  'high_risk_tool_user_confirmation_required',
  'taint_policy',
] as const;

export function PolicyPage() {
  const tools = usePageQuery<ToolsPage>('/api/tools');
  const { key } = useConsoleLocation();
  return (
    <Page
      title="Policy"
      description="What the rules make of a tool call, step by step. Nothing is run, asked, requested or recorded."
    >
      <Loaded query={tools} what="tools">
        {(answer) => <PolicyForm key={key ?? ''} tools={answer.tools} place={parsePolicyPlace(key)} />}
      </Loaded>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-muted text-xs">
        <span>Settings that decide:</span>
        {KEYS.map((name) => (
          <PlaceLink key={name} page="settings" at={name}>
            <code className="font-mono">{name}</code>
          </PlaceLink>
        ))}
      </p>
    </Page>
  );
}
