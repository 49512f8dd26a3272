/** Catches what a component throws while it draws, so that a mistake in one is not a blank page. */
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';

interface State {
  readonly failure: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { failure: null };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <TooltipProvider>
        <main className="flex h-full flex-col items-center justify-center gap-4 p-4 text-center">
          <h1 className="font-semibold text-xl">The console stopped</h1>
          <p className="max-w-prose text-muted">
            This is a mistake in the page, not in the runtime: chats and running answers go on. Reload to
            continue.
          </p>
          <pre className="max-w-full overflow-x-auto rounded-md bg-raised p-3 text-left font-mono text-mono">
            {failure.message}
          </pre>
          <Button tone="primary" onClick={() => window.location.reload()}>
            Reload
          </Button>
        </main>
      </TooltipProvider>
    );
  }
}
