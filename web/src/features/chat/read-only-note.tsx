/** Stands in for the composer in chats of other channels. */
export function ReadOnlyNote({ channel }: { readonly channel: string }) {
  return (
    <p className="mx-auto w-full max-w-[46rem] border-line border-t px-4 py-4 text-center text-muted">
      This conversation lives on {channel}. Answer it there; the console shows it as it goes.
    </p>
  );
}
