/** Buttons in the four weights the console uses, and the icon-only one, which always has a name and a tooltip. */
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

type ButtonTone = 'primary' | 'secondary' | 'ghost' | 'danger';

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line-strong bg-surface text-text hover:bg-hover',
  ghost: 'text-muted hover:bg-hover hover:text-text',
  danger: 'bg-danger-fill text-white hover:brightness-110',
};

const SHAPE =
  'inline-flex items-center justify-center gap-2 rounded-md font-medium transition-colors disabled:opacity-50';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: ButtonTone;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A labelled button; `type="button"` unless said otherwise. */
export function Button({ tone = 'secondary', className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classNames(SHAPE, TONES[tone], 'h-8 px-3 coarse:h-10', className)}
    />
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  readonly label: string;
  readonly keys?: string | undefined;
  readonly icon: ReactNode;
}

/** A square button with an icon; `label` is its accessible name and its tooltip. */
export function IconButton({ label, keys, icon, tone = 'ghost', className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={classNames(SHAPE, TONES[tone], 'size-8 shrink-0 coarse:size-10', className)}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
