/** Keys of places on disk, of identity and of time. */
import { z } from 'zod';
import { chatId, choice, count, optionalText, section, text, withDefault } from '../schema-types.ts';

/** Section of directories, identity and people. */
export const pathsSection = section(
  'Paths and identity',
  'A leading `~` is the home directory; other relative paths start at the directory the program was started in.',
  {
    data_dir: text('Everything the program stores.', '~/.microclaw', {
      defaultText: '`~/.microclaw` (inside a snap `$SNAP_USER_COMMON`)',
    }),
    soul_path: optionalText('File that says who the assistant is.', {
      defaultText: '`<data_dir>/SOUL.md` if present',
    }),
    souls_dir: optionalText('Where a bare `soul_path` is looked for.', { defaultText: '`<data_dir>/souls`' }),
    context_dir: optionalText('Markdown files added to every prompt.', {
      defaultText: '`<data_dir>/context`',
    }),
    context_max_chars: count('Characters of them in the prompt; 0 leaves them out.', 8000),
    bot_username: text('Name of the assistant.', ''),
    override_timezone: optionalText(
      'IANA time zone, such as `Europe/Berlin`; `auto` is the zone of the system.',
      {
        defaultText: '`auto`',
      },
    ),
    timezone: optionalText('Deprecated: used when `override_timezone` is unset.'),
    user_message_language: choice('Language of fixed texts.', ['en', 'zh', 'bilingual'], 'en'),
    control_chat_ids: withDefault(
      () => z.array(chatId()),
      () => [],
      { description: 'Chats that may act on other chats and outside their own directory; empty means none.' },
    ),
  },
);
