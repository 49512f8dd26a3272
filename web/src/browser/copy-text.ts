/** The clipboard, also where the browser hides it: on pages that are not served securely. */

/** Whether the text is in the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  // The type says that it is always there; on a plain HTTP page of another machine it is not.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard === undefined) return copySelected(text);
  return await clipboard.writeText(text).then(
    () => true,
    () => false, // no permission
  );
}

/** The older way: what is selected in a field is copied. The focus goes back to where it was. */
function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Behind an open dialog nothing can be selected.
  const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  host.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}
