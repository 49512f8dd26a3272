/** The fields that an entry of a nested value may have, from its JSON Schema. */
import { asRecord, type JsonRecord, textOf } from '../../api/json-fields.ts';
import { DocText } from '../../ui/doc-text.tsx';

/** Nothing for values whose entries have free names. */
export function JsonFields({ schema }: { readonly schema: JsonRecord }) {
  const isList = schema.type === 'array';
  const entry = asRecord(isList ? schema.items : schema.additionalProperties);
  const fields = Object.entries(asRecord(entry?.properties) ?? {});
  if (fields.length === 0) return null;
  return (
    <details className="text-xs">
      <summary className="w-fit rounded text-muted">
        {isList ? 'Fields of an entry' : 'Names, each with these fields'}
      </summary>
      <dl className="mt-1 flex flex-col gap-1">
        {fields.map(([name, field]) => (
          <div key={name}>
            <dt className="inline font-mono">{name}</dt>{' '}
            <dd className="inline text-muted">
              <DocText>{(asRecord(field) && textOf(asRecord(field) ?? {}, 'description')) ?? ''}</DocText>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
