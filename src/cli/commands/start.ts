/** `microclaw start`: loads the program while the database thread begins. */
import { StorageThread } from '../../storage/worker/storage-thread.ts';
import type { CommandContext } from '../command-context.ts';

/** Exit code 0 after a signal; 1 when the program cannot start or cannot go on. */
export async function startCommand(
  context: CommandContext,
  thread: StorageThread = new StorageThread(),
): Promise<number> {
  try {
    const { serve } = await import('./serve.ts');
    return await serve(context, thread);
  } finally {
    await thread.end(); // a configuration that was refused has never given it to anybody
  }
}
