/** A labelled input with its error below it, both tied to it for screen readers. */
import { type InputHTMLAttributes, useId } from 'react';
import { classNames } from './class-names.ts';

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly error?: string | null;
  readonly hint?: string;
}

export function TextField({ label, error = null, hint, className, ...rest }: TextFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== null}
        aria-describedby={note === undefined ? undefined : noteId}
        className={classNames(
          'h-9 rounded-md border bg-canvas px-3 text-text coarse:h-11 coarse:text-base',
          error === null ? 'border-line-strong' : 'border-danger',
          className,
        )}
      />
      {note !== undefined && (
        <p id={noteId} className={classNames('text-xs', error === null ? 'text-muted' : 'text-danger')}>
          {note}
        </p>
      )}
    </div>
  );
}
