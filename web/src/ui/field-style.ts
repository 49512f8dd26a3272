/** The look of an input, select or text area; `isInvalid` marks its border. */
import { classNames } from './class-names.ts';

export function fieldStyle(isInvalid: boolean, ...more: readonly string[]): string {
  return classNames(
    'w-full rounded-md border bg-canvas px-2.5 text-text disabled:text-muted coarse:text-base',
    isInvalid ? 'border-danger' : 'border-line-strong',
    ...more,
  );
}
