/** The providers and the gate: first password, sign-in, or the console. */
import { QueryClientProvider } from '@tanstack/react-query';
import { failureText } from '../api/api-error.ts';
import { useAuthStatus } from '../api/queries.ts';
import { type ConsoleServices, ServicesProvider } from '../api/services.ts';
import { SetPassword } from '../features/auth/set-password.tsx';
import { SignIn } from '../features/auth/sign-in.tsx';
import { ErrorState } from '../ui/placeholder.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Shell } from './shell.tsx';

export function App({ services }: { readonly services: ConsoleServices }) {
  return (
    <ErrorBoundary>
      <ServicesProvider value={services}>
        <QueryClientProvider client={services.queryClient}>
          <TooltipProvider delayDuration={500}>
            <Gate />
          </TooltipProvider>
        </QueryClientProvider>
      </ServicesProvider>
    </ErrorBoundary>
  );
}

function Gate() {
  const auth = useAuthStatus();
  if (auth.data === undefined) {
    if (!auth.isError) return null; // a blink: the answer comes from this machine
    return (
      <main className="flex h-full items-center justify-center">
        <ErrorState message={failureText(auth.error)} onRetry={() => void auth.refetch()} />
      </main>
    );
  }
  if (!auth.data.has_password) return <SetPassword />;
  return auth.data.authenticated ? <Shell /> : <SignIn />;
}
