/** A switch for what is true or false. */
import { classNames } from '../../../ui/class-names.ts';
import type { EditorProps } from './editor-props.ts';

export function FlagEditor({ value, id, describedBy, isDisabled, isInvalid, onEdit }: EditorProps) {
  const isOn = value === true;
  return (
    <button
      type="button"
      role="switch"
      id={id}
      aria-checked={isOn}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      disabled={isDisabled}
      onClick={() => onEdit({ kind: 'value', value: !isOn })}
      className="flex h-8 items-center gap-2 rounded-md disabled:opacity-60 coarse:h-10"
    >
      <span
        aria-hidden="true"
        className={classNames(
          'flex h-5 w-9 items-center rounded-full border px-0.5 transition-colors',
          isOn ? 'justify-end border-accent-fill bg-accent-fill' : 'border-line-strong bg-raised',
        )}
      >
        <span className={classNames('size-3.5 rounded-full', isOn ? 'bg-on-accent' : 'bg-muted')} />
      </span>
      <span aria-hidden="true" className="text-muted">
        {String(isOn)}
      </span>
    </button>
  );
}
