/** An instant as the operator's clock shows it; the exact one on hover. */
import { formatClock, formatDay } from './format.ts';

export function Timestamp({ at }: { readonly at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={at}>
      {formatDay(date, new Date())} {formatClock(date)}
    </time>
  );
}
