/** Says plainly that no language model answers, as long as that is so. */
import { useRuntime } from '../../api/queries.ts';
import { Notice } from '../../ui/notice.tsx';
import { ConnectModelButton } from './connect-model-button.tsx';

export function OfflineNotice() {
  const runtime = useRuntime();
  if (runtime.data?.model.offline !== true) return null;
  return (
    <div className="mx-auto w-full max-w-[46rem] px-4 pt-3">
      <Notice tone="warning" action={<ConnectModelButton />} className="!items-center">
        No language model is connected. The offline provider follows simple commands.
      </Notice>
    </div>
  );
}
