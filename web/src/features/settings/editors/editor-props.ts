/** What every editor of a value is given. */
import type { SettingFieldBody } from '../../../api/types.ts';
import type { Draft } from '../setting-value.ts';

export interface EditorProps {
  readonly setting: SettingFieldBody;
  /** What would be in force: of the edit, else of the file, else the default. */
  readonly value: unknown;
  /** What the file says, `null` when it says nothing. */
  readonly stored: unknown;
  /** What was typed, while it is more than the value. */
  readonly text: string | null;
  /** Of the field, for its label. */
  readonly id: string;
  /** Ids of what explains the field and what is wrong with it. */
  readonly describedBy: string;
  readonly isDisabled: boolean;
  readonly isInvalid: boolean;
  readonly onEdit: (draft: Draft) => void;
}
