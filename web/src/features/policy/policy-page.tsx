/**
 * The rules for tool calls: why a call is allowed, asked about or refused, by the executor's own checks, and the rules.
 */
import { usePageQuery } from '../../api/page-queries.ts';
import type { ToolsPage } from '../../api/types.ts';
import { useConsoleLocation } from '../../browser/console-location.ts';
import { parsePolicyPlace } from '../../browser/policy-place.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { LoadedSettings } from '../settings/loaded-settings.tsx';
import { PolicyForm } from './policy-form.tsx';

/** Title of the section of the configuration whose keys decide. */
const RULES = 'Policies';

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
      <LoadedSettings section={RULES} />
    </Page>
  );
}
