/** An empty chat: on a first visit what is ready and what is not, then three things to try. */
import { CircleCheck, CircleDashed, FolderOpen, NotebookPen, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePageQuery } from '../../api/page-queries.ts';
import { useHealth, useRuntime, useSessions } from '../../api/queries.ts';
import type { RuntimeInfo, SelfCheckPage } from '../../api/types.ts';
import { openPage } from '../../browser/console-location.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { Button } from '../../ui/button.tsx';
import { ConnectModelButton } from '../connect-model/connect-model-button.tsx';
import { judgeHealth } from '../health/judge-health.ts';

/** Each works with every provider, the offline one included. */
const EXAMPLES = [
  { text: 'list the files here', icon: FolderOpen },
  { text: 'remember that my cat is called Miso', icon: NotebookPen },
  { text: 'run `uname -a`', icon: SquareTerminal },
] as const;

export function Welcome({ onExample }: { readonly onExample: (text: string) => void }) {
  const sessions = useSessions();
  const runtime = useRuntime();
  const isFirstVisit = sessions.data?.length === 0;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full w-full max-w-[34rem] flex-col justify-center gap-6 px-4 py-8">
        <div className="flex flex-col items-center gap-3 text-center">
          <BrandMark size={36} />
          <h1 className="font-semibold text-xl">{isFirstVisit ? 'Ready when you are' : 'A new chat'}</h1>
          <p className="max-w-prose text-muted">
            Ask in your own words. The agent reads and writes files in this chat’s own directory, runs
            commands, fetches pages and remembers what you tell it.
          </p>
        </div>
        {(isFirstVisit || runtime.data?.model.offline === true) && <Checklist />}
        <div className="flex flex-col gap-2">
          <h2 className="text-faint text-xs">Try one of these</h2>
          {EXAMPLES.map(({ text, icon: Icon }) => (
            <button
              key={text}
              type="button"
              onClick={() => onExample(text)}
              className="flex min-h-11 items-center gap-3 rounded-md border border-line bg-surface px-3 text-left hover:border-line-strong hover:bg-raised"
            >
              <Icon size={16} strokeWidth={1.5} aria-hidden="true" className="text-muted" />
              {text}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}

function Checklist() {
  const runtime = useRuntime();
  const health = useHealth();
  const { level } = judgeHealth(health.data, health.isError);
  return (
    <section aria-label="Setup" className="rounded-md border border-line">
      <ul className="divide-y divide-line">
        <ChecklistItem done title="Operator password set" />
        <ChecklistItem done={level === 'healthy'} title={`Runtime ${level}`} />
        {runtime.data !== undefined && <ModelItem model={runtime.data.model} />}
        <SandboxItem />
      </ul>
    </section>
  );
}

function ModelItem({ model }: { readonly model: RuntimeInfo['model'] }) {
  if (!model.offline) return <ChecklistItem done title={`Model connected: ${model.model}`} />;
  return (
    <ChecklistItem done={false} title="No language model yet" action={<ConnectModelButton />}>
      The offline provider answers: it runs tools on request, but does not reason.
    </ChecklistItem>
  );
}

/** Nothing while it is not known: a caller without the right to ask sees no doubt about it either. */
function SandboxItem() {
  const check = usePageQuery<SelfCheckPage>('/api/config/self_check');
  if (check.data === undefined) return null;
  const { sandbox_mode, sandbox_runtime_available, sandbox_runtime_cli } = check.data.security_posture;
  const backend = sandbox_runtime_cli ?? 'a sandbox';
  if (sandbox_mode !== 'off' && sandbox_runtime_available) {
    return <ChecklistItem done title={`Commands run in ${backend}`} />;
  }
  const settings = <Button onClick={() => openPage('settings', 'sandbox.mode')}>Set up</Button>;
  return (
    <ChecklistItem
      done={false}
      title={
        sandbox_mode === 'off' ? 'Commands run without a sandbox' : 'Commands are refused: no sandbox works'
      }
      action={settings}
    >
      {sandbox_runtime_available
        ? `${backend} is here and would work.`
        : 'None works on this machine yet; bubblewrap is the smallest one.'}
    </ChecklistItem>
  );
}

interface ChecklistItemProps {
  readonly done: boolean;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

function ChecklistItem({ done, title, children, action }: ChecklistItemProps) {
  const Icon = done ? CircleCheck : CircleDashed;
  return (
    <li className="flex items-center gap-3 px-3 py-2.5">
      <Icon size={16} aria-label={done ? 'done' : 'open'} className={done ? 'text-accent' : 'text-warning'} />
      <div className="min-w-0 flex-1">
        <p>{title}</p>
        {children !== undefined && <p className="text-muted text-xs">{children}</p>}
      </div>
      {action}
    </li>
  );
}
