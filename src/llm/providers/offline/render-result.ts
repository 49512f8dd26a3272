/** Shows the result of a tool call to a person, as short Markdown. Pure. */
import { sliceCodePoints } from '../../../core/text.ts';
import type { AnsweredCall } from './conversation-state.ts';

/** Characters of a result that are shown. */
const MAX_SHOWN = 6_000;

/** One answer for all results of a round. */
export function renderResults(calls: readonly AnsweredCall[]): string {
  return calls.map(renderToolResult).join('\n\n');
}

export function renderToolResult(call: AnsweredCall): string {
  if (call.isError) return renderFailure(call);
  const content = call.content.trimEnd();
  switch (call.name) {
    case 'glob':
      return renderListing(call, content);
    case 'bash':
      return `\`\`${codeSpan(textInput(call, 'command'))}\`\`\n\n${outputBlock(content)}`;
    case 'read_file':
      return `**${textInput(call, 'path')}**\n\n${outputBlock(content)}`;
    case 'grep':
      return content === 'No matches found.' ? content : `Found:\n\n${outputBlock(content)}`;
    case 'web_fetch':
      return `From ${textInput(call, 'url')}:\n\n${quote(shorten(withoutEnvelope(content)))}`;
    case 'get_current_time':
      return renderTime(content);
    case 'calculate':
      return `${textInput(call, 'expression').replace(/\*/g, '×').trim()} = **${content}**`;
    case 'write_memory':
      return renderRemembered(call);
    case 'read_memory':
      return renderMemory(content);
    case 'todo_read':
    case 'todo_write':
    case 'write_file':
    case 'edit_file':
    case 'export_chat':
      return shorten(content);
    default:
      return `Result of \`${call.name}\`:\n\n${outputBlock(content)}`;
  }
}

/** What was not run because somebody, or a rule, said so: the texts for models, said to a person. */
const REFUSALS: readonly (readonly [begins: string, say: (what: string) => string])[] = [
  ['The user denied this call', (what) => `Denied: ${what} was not run.`],
  [
    'Nobody approved this call',
    (what) => `Nobody approved ${what} in time, so it was not run. Ask me again.`,
  ],
  [
    'Plan mode: ',
    (what) =>
      `Plan mode is on, and ${what} can change something, so it was not run. \`/plan off\` leaves plan mode.`,
  ],
];

function renderFailure(call: AnsweredCall): string {
  const refusal = REFUSALS.find(([begins]) => call.content.replace(/^\[Error\] /, '').startsWith(begins));
  const command = textInput(call, 'command');
  if (refusal !== undefined)
    return refusal[1](command === '' ? `\`${call.name}\`` : `\`\`${codeSpan(command)}\`\``);
  const text = shorten(call.content.trimEnd());
  const what = `The tool \`${call.name}\` failed`;
  if (text === '') return `${what} without saying why.`;
  return text.includes('\n') ? `${what}:\n\n${outputBlock(text)}` : `${what}: ${text}`;
}

function renderListing(call: AnsweredCall, content: string): string {
  const place = textInput(call, 'path');
  const where = place === '' ? 'the working directory of this chat' : `\`${place}\``;
  if (content === 'No files found matching pattern.') {
    return `No files match \`${textInput(call, 'pattern')}\` in ${where}.`;
  }
  const count = content.split('\n').length;
  return `${count} ${count === 1 ? 'entry' : 'entries'} in ${where}:\n\n${outputBlock(content)}`;
}

function renderTime(content: string): string {
  const fields = new Map(
    content.split('\n').map((line) => {
      const [key = '', ...rest] = line.split(': ');
      return [key, rest.join(': ')] as const;
    }),
  );
  const local = fields.get('local_time');
  const zone = fields.get('timezone');
  if (local === undefined || zone === undefined) return outputBlock(content);
  return `It is **${local.slice(11, 16)}** on ${local.slice(0, 10)} (${zone}, UTC${local.slice(23)}).`;
}

function renderRemembered(call: AnsweredCall): string {
  const text = textInput(call, 'content').replace(/\s+/g, ' ').trim();
  if (text === '') return 'Forgotten. The previous text is kept beside the memory file as a backup.';
  return `I will remember: *${shorten(text)}*`;
}

function renderMemory(content: string): string {
  if (content.startsWith('No memory file') || content === 'Memory file is empty.') {
    return 'I remember nothing about this chat yet. Say `remember that …`.';
  }
  return `This is what I remember for this chat:\n\n${shorten(content)}`;
}

function textInput(call: AnsweredCall, key: string): string {
  const value = call.input[key];
  return typeof value === 'string' ? value : '';
}

/** The page's text without the marks that tell a model where it came from. */
function withoutEnvelope(content: string): string {
  return content.replace(/^<untrusted_content[^>]*>\n?/, '').replace(/\n?<\/untrusted_content>$/, '');
}

/** A fenced block whose fence is longer than any run of backticks inside. */
function outputBlock(text: string): string {
  const shown = shorten(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${shown}\n${fence}`;
}

/** Padding keeps a backtick at either end apart from the delimiters. */
function codeSpan(text: string): string {
  const line = text.replace(/\s*\n\s*/g, '; ').replace(/``+/g, '`');
  return line.startsWith('`') || line.endsWith('`') ? ` ${line} ` : line;
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function shorten(text: string): string {
  if (text.length <= MAX_SHOWN) return text;
  return `${sliceCodePoints(text, 0, MAX_SHOWN)}\n…`;
}
