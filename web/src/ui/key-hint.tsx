/** A key or a sequence of keys (separated by spaces) as the keyboard shows them. */
export function KeyHint({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keys.split(' ').map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded border border-line bg-raised px-1 text-center font-sans text-muted text-xs"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
