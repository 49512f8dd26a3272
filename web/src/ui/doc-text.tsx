/** Documentation in which backticks mark what is written as it stands. */

export function DocText({ children }: { readonly children: string }) {
  return children.split('`').map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
      <code key={index} className="font-mono text-text">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
