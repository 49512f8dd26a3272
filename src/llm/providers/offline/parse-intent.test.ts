import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intent } from './intent.ts';
import { parseIntent } from './parse-intent.ts';

const TOOLS = new Set([
  'bash',
  'calculate',
  'compare_time',
  'edit_file',
  'export_chat',
  'glob',
  'get_current_time',
  'grep',
  'read_file',
  'read_memory',
  'todo_read',
  'todo_write',
  'web_fetch',
  'write_file',
  'write_memory',
]);

/** `glob {"pattern":"*"}`, `say hello`, … */
function show(intent: Intent): string {
  switch (intent.kind) {
    case 'calls':
      return intent.calls.map((call) => `${call.tool} ${JSON.stringify(call.input)}`).join(' + ');
    case 'todo':
      return `todo ${JSON.stringify(intent.change)}`;
    case 'say':
      return `say ${intent.topic}`;
    case 'unavailable':
      return `unavailable: ${intent.what}`;
    default:
      return intent satisfies never;
  }
}
const understood = (text: string, tools: ReadonlySet<string> = TOOLS) => show(parseIntent(text, tools));

const LIST = 'glob {"pattern":"*"}';
const LIST_SRC = 'glob {"pattern":"*","path":"src"}';
const RUN = 'bash {"command":"uname -a"}';
const MISO = 'write_memory {"scope":"chat","content":"my cat is called Miso"}';
const RECALL = 'read_memory {"scope":"chat"}';
const fetches = (url: string) => `web_fetch {"url":"${url}"}`;
const reads = (path: string) => `read_file {"path":"${path}"}`;
const computes = (expression: string) => `calculate {"expression":"${expression}"}`;

describe('parseIntent', () => {
  it.each([
    ['list the files here', LIST],
    ['List the files here.', LIST],
    ['list files', LIST],
    ['list all the files in this folder', 'glob {"pattern":"*"}'],
    ['please show me the files', LIST],
    ['can you list the files in the current directory?', LIST],
    ['what files are here?', LIST],
    ['which files are there', LIST],
    ['which files do we have', LIST],
    ["what's in this folder", LIST],
    ['show the contents of this directory', LIST],
    ['list the working directory', LIST],
    ['ls', LIST],
    ['ls -la', LIST],
    ['ls src', LIST_SRC],
    ['list files in src', LIST_SRC],
    ['list the files in the src folder', LIST_SRC],
    ['which files are in src?', LIST_SRC],
    ["what's in src", LIST_SRC],
    ['show files in `src`', LIST_SRC],
    ['list all files recursively', 'glob {"pattern":"**/*"}'],
    ['list the *.md files', 'glob {"pattern":"*.md"}'],
    ['list .ts files in src', 'glob {"pattern":"*.ts","path":"src"}'],
    ['find files named *.md', 'glob {"pattern":"**/*.md"}'],
    ['find *.ts in src', 'glob {"pattern":"**/*.ts","path":"src"}'],
    ['glob src/**/*.ts', 'glob {"pattern":"src/**/*.ts"}'],
    ['find the file notes.txt', 'glob {"pattern":"**/notes.txt"}'],
  ])('lists: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['run `uname -a`', RUN],
    ['Run `uname -a`.', RUN],
    ['run uname -a', RUN],
    ['please run the command `uname -a` for me', RUN],
    ['could you execute uname -a?', RUN],
    ['$ uname -a', RUN],
    ['`uname -a`', RUN],
    ['bash: uname -a', RUN],
    ['what does `uname -a` print?', RUN],
    ['```bash\nuname -a\n```', RUN],
    ['run cp a .', 'bash {"command":"cp a ."}'],
    ['run echo "a b" | wc -c', 'bash {"command":"echo \\"a b\\" | wc -c"}'],
    ['run:\n```sh\necho a\necho b\n```', 'bash {"command":"echo a\\necho b"}'],
  ])('runs: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['read notes.txt', reads('notes.txt')],
    ['show notes.txt', reads('notes.txt')],
    ['show me the file notes.txt', reads('notes.txt')],
    ['open src/main.ts please', reads('src/main.ts')],
    ['cat Makefile', reads('Makefile')],
    ['read the file "my notes.txt"', reads('my notes.txt')],
    ['print the contents of notes.txt', reads('notes.txt')],
    ['what does notes.txt say?', reads('notes.txt')],
    ['write hello to file notes.txt', 'write_file {"path":"notes.txt","content":"hello\\n"}'],
    ['write "hello world" to notes.txt', 'write_file {"path":"notes.txt","content":"hello world\\n"}'],
    ['save `x = 1` as a.py', 'write_file {"path":"a.py","content":"x = 1\\n"}'],
    [
      'create a file notes.txt with hello there',
      'write_file {"path":"notes.txt","content":"hello there\\n"}',
    ],
    ['write file a.md: # Title', 'write_file {"path":"a.md","content":"# Title\\n"}'],
    [
      'replace "old" with "new" in notes.txt',
      'edit_file {"path":"notes.txt","old_string":"old","new_string":"new"}',
    ],
    ['grep TODO in src', 'grep {"pattern":"TODO","path":"src"}'],
    ['grep a.*b', 'grep {"pattern":"a.*b"}'],
    ['find hello in notes.txt', 'grep {"pattern":"hello","path":"notes.txt"}'],
    ['search for "a+b" in the files', 'grep {"pattern":"a\\\\+b"}'],
    ['find the text hello in here', 'grep {"pattern":"hello"}'],
  ])('works with files: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['fetch https://example.com', fetches('https://example.com')],
    ['Fetch the page https://example.com/a?b=c#d', fetches('https://example.com/a?b=c#d')],
    ['https://example.com', fetches('https://example.com')],
    ['open http://127.0.0.1:8080/', fetches('http://127.0.0.1:8080/')],
    ['what is on https://example.com?', fetches('https://example.com')],
    ['summarize https://example.com for me', fetches('https://example.com')],
    ['fetch example.com', fetches('https://example.com')],
    ['go to docs.example.com/guide', fetches('https://docs.example.com/guide')],
  ])('fetches: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['remember that my cat is called Miso', MISO],
    ['Remember that my cat is called Miso!', MISO],
    ['please remember: my cat is called Miso', MISO],
    ['Remember my cat is called Miso', MISO],
    ["don't forget that my cat is called Miso", MISO],
    ['note that my cat is called Miso', MISO],
    ['keep in mind that my cat is called Miso', MISO],
    ['remember I like tea and coffee', 'write_memory {"scope":"chat","content":"I like tea and coffee"}'],
    ['what do you remember', RECALL],
    ['What do you remember about me?', RECALL],
    ['what do you know about me', RECALL],
    ['show your memory', RECALL],
    ['forget everything', 'write_memory {"scope":"chat","mode":"replace","content":""}'],
  ])('remembers: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['what time is it', 'get_current_time {}'],
    ["what's the time?", 'get_current_time {}'],
    ['what is the date today', 'get_current_time {}'],
    ['what day is it', 'get_current_time {}'],
    ['time', 'get_current_time {}'],
    ['what time is it in Tokyo', 'get_current_time {"timezone":"Asia/Tokyo"}'],
    ['What time is it in New York right now?', 'get_current_time {"timezone":"America/New_York"}'],
    ['current time in Europe/Berlin', 'get_current_time {"timezone":"Europe/Berlin"}'],
    ['what time is it in Atlantis', 'get_current_time {"timezone":"Atlantis"}'],
    ['calculate 2+3*4', computes('2+3*4')],
    ['what is 12*7?', computes('12*7')],
    ["what's 12 times 7", computes('12 * 7')],
    ['(1 + 2) / 3 =', computes('(1 + 2) / 3')],
    ['how much is 1,000 divided by 8', computes('1000 / 8')],
    ['compute 5 x 6', computes('5*6')],
    ['calculate banana', computes('banana')],
  ])('knows time and numbers: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['todo: buy milk', 'todo {"kind":"add","task":"buy milk"}'],
    ['add todo buy milk', 'todo {"kind":"add","task":"buy milk"}'],
    ['add a task: buy milk and bread', 'todo {"kind":"add","task":"buy milk and bread"}'],
    ['add buy milk to my todo list', 'todo {"kind":"add","task":"buy milk"}'],
    ['mark todo 1 as done', 'todo {"kind":"complete","which":"1"}'],
    ['complete task buy milk', 'todo {"kind":"complete","which":"buy milk"}'],
    ['show todos', 'todo_read {}'],
    ['show me my todo list', 'todo_read {}'],
    ["what's on my todo list?", 'todo_read {}'],
    ['todos', 'todo_read {}'],
    ['clear my todo list', 'todo_write {"todos":[]}'],
    ['export this chat', 'export_chat {}'],
  ])('keeps a list: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['hello', 'say hello'],
    ['Hi there!', 'say hello'],
    ['good morning', 'say hello'],
    ['help', 'say help'],
    ['what can you do?', 'say help'],
    ['how does this work?', 'say help'],
    ['who are you?', 'say about'],
    ['Are you ChatGPT?', 'say about'],
    ['how do I connect a model', 'say connect'],
    ['set up an API key', 'say connect'],
    ['thank you very much', 'say thanks'],
    ['write me a poem about the sea', 'say unknown'],
    ['tell me a joke', 'say unknown'],
    ['why is the sky blue?', 'say unknown'],
    ['show me how to cook rice', 'say unknown'],
    ['2026-01-01', 'say unknown'],
    ['', 'say unknown'],
    ['???', 'say unknown'],
  ])('talks: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it.each([
    ['remind me in 10 minutes to stretch', 'unavailable: set reminders or schedules'],
    ['search memory for cats', 'unavailable: search memory'],
    ['search the web for cats', 'unavailable: search the web'],
  ])('says honestly what is missing: %s', (text, expected) => expect(understood(text)).toBe(expected));

  it('uses a tool as soon as it is offered, and refuses as soon as it is not', () => {
    const withSearch = new Set([...TOOLS, 'structured_memory_search']);
    expect(understood('search memory for cats', withSearch)).toBe(
      'structured_memory_search {"query":"cats"}',
    );
    expect(understood('run ls', new Set())).toBe('unavailable: run commands');
    expect(understood('todo: x', new Set())).toBe('unavailable: keep a todo list');
  });

  it('makes one call per command when a message holds several', () => {
    expect(understood('list the files here and run `uname -a`')).toBe(`${LIST} + ${RUN}`);
    expect(understood('list files\nrun uname -a\nwhat time is it')).toBe(
      `${LIST} + ${RUN} + get_current_time {}`,
    );
    expect(understood('list files and be nice')).not.toContain('+');
  });

  it('is not stalled by long or hostile text', () => {
    const started = performance.now();
    for (const text of [
      ' '.repeat(4_000),
      'write '.repeat(650),
      `find ${'in '.repeat(1_300)}`,
      'x'.repeat(100_000),
    ]) {
      parseIntent(text, TOOLS);
    }
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('gives an answer to anything, and the same one every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        expect(understood(text)).toBe(understood(text));
      }),
    );
  });
});
