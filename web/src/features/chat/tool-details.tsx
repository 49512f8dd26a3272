/** The open part of a tool card: what it was asked, what it changed, what it printed, what to do when it failed. */

import type { ReactNode } from 'react';
import type { ToolCall } from '../../api/run-state.ts';
import { useConsoleLocation } from '../../browser/console-location.ts';
import { formatPolicyPlace } from '../../browser/policy-place.ts';
import { AnsiText } from '../../ui/ansi/ansi-text.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DiffView } from '../../ui/diff/diff-view.tsx';
import { CodeBlock } from '../../ui/markdown/code-block.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { scrollRegion } from '../../ui/scroll-region.ts';
import { isPolicyRefusal, toolAdvice } from './tool-advice.ts';

export function ToolDetails({ tool }: { readonly tool: ToolCall }) {
  const advice = tool.state === 'failed' ? toolAdvice(tool.errorType) : null;
  const output = tool.output ?? tool.liveOutput;
  return (
    <div className="flex flex-col gap-3 border-line border-t p-3">
      <Part title="Arguments">
        <ToolArguments tool={tool} />
      </Part>
      {tool.diffs.map((diff) => (
        <DiffView key={`${diff.path}:${diff.diff.length}`} {...diff} />
      ))}
      {output !== '' && (
        <Part
          title={tool.state === 'running' ? 'Output so far' : 'Output'}
          action={<CopyButton label="Copy output" text={() => output} className="!size-6" />}
        >
          <pre
            className="max-h-80 overflow-auto whitespace-pre-wrap rounded-md bg-canvas p-3 font-mono text-mono [overflow-wrap:anywhere]"
            {...scrollRegion}
          >
            <AnsiText text={output} />
          </pre>
        </Part>
      )}
      {tool.isCut && <p className="text-faint text-xs">Shown up to 8 KiB.</p>}
      {tool.state === 'interrupted' && (
        <Notice tone="warning">
          The run ended before this call did. Whether it had an effect is not known.
        </Notice>
      )}
      {advice !== null && <Notice tone="danger">{advice}</Notice>}
      {tool.state === 'failed' && isPolicyRefusal(tool.errorType) && <WhyLink tool={tool.name} />}
      {tool.artifactId !== null && (
        <p className="text-faint text-xs">
          The whole result is kept as artifact <code className="font-mono">{tool.artifactId}</code>; ask the
          agent to fetch it.
        </p>
      )}
    </div>
  );
}

/** Opens the explanation of the tool in this chat; the input is not taken along, because it may hold secrets. */
function WhyLink({ tool }: { readonly tool: string }) {
  const { sessionKey } = useConsoleLocation();
  return (
    <p className="text-xs">
      <PlaceLink page="policy" at={formatPolicyPlace({ tool, sessionKey })}>
        Why?
      </PlaceLink>
    </p>
  );
}

/** A command is shown as it will run; other arguments as JSON. */
function ToolArguments({ tool }: { readonly tool: ToolCall }) {
  const { command, ...others } = tool.input;
  if (typeof command === 'string' && Object.keys(others).length === 0) {
    return <CodeBlock code={command} language="bash" />;
  }
  return <CodeBlock code={JSON.stringify(tool.input, null, 2)} language="json" />;
}

interface PartProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Part({ title, action, children }: PartProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex h-6 items-center justify-between text-faint text-xs">
        <span>{title}</span>
        {action}
      </div>
      {children}
    </div>
  );
}
