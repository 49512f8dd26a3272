/** The editor of a key: a form for nested values whose entries are known, as JSON for whoever prefers it. */
import { useState } from 'react';
import type { SettingBody } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import type { EditorProps } from './editor-props.ts';
import { EntriesEditor } from './entries-editor.tsx';
import { ValueEditor } from './value-editor.tsx';

export interface SettingEditorProps extends EditorProps {
  readonly entries: SettingBody['entries'];
}

export function SettingEditor({ entries, ...props }: SettingEditorProps) {
  const [isJson, setJson] = useState(false);
  if (entries === null) return <ValueEditor {...props} />;
  return (
    <div className="flex flex-col items-start gap-2">
      {isJson ? <ValueEditor {...props} /> : <EntriesEditor {...props} entries={entries} />}
      <Button
        tone="ghost"
        aria-label={`${isJson ? 'Edit as a form' : 'Edit as JSON'}: ${props.setting.key}`}
        disabled={props.isInvalid && isJson}
        onClick={() => setJson(!isJson)}
        className="!h-6 !px-0 text-xs underline coarse:!h-8"
      >
        {isJson ? 'Edit as a form' : 'Edit as JSON'}
      </Button>
    </div>
  );
}
