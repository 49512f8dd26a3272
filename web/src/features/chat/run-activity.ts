/** What a running turn is doing, in a few words. */
import type { RunState } from '../../api/run-state.ts';

export function activityOf(run: RunState): string {
  if (run.phase === 'queued') return 'Waiting for its turn';
  if (Object.values(run.tools).some((tool) => tool.approval !== null)) return 'Waiting for your approval';
  const running = Object.values(run.tools).filter((tool) => tool.state === 'running');
  if (running.length > 1) return `Running ${running.length} tools`;
  const [only] = running;
  if (only !== undefined) return `Running ${only.name}`;
  const last = run.segments.at(-1);
  if (last?.kind === 'text') return 'Writing';
  return last?.kind === 'thinking' && last.durationMs === null ? 'Thinking' : 'Waiting for the model';
}
