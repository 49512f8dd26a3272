/** The editor that fits the type of a value. */
import { ChoiceEditor } from './choice-editor.tsx';
import type { EditorProps } from './editor-props.ts';
import { FlagEditor } from './flag-editor.tsx';
import { SecretEditor } from './secret-editor.tsx';
import { SecretListEditor } from './secret-list-editor.tsx';
import { AreaEditor, LineEditor } from './text-editor.tsx';

export function ValueEditor(props: EditorProps) {
  const { kind } = props.setting;
  switch (kind) {
    case 'flag':
      // A switch has two places; a flag that may be absent has three.
      return props.setting.default === null ? <ChoiceEditor {...props} /> : <FlagEditor {...props} />;
    case 'choice':
      return <ChoiceEditor {...props} />;
    case 'number':
    case 'text':
      return <LineEditor {...props} />;
    case 'list':
    case 'json':
      return <AreaEditor {...props} />;
    case 'secret':
      return <SecretEditor {...props} />;
    case 'secret_list':
      return <SecretListEditor {...props} />;
    default:
      return kind satisfies never;
  }
}
