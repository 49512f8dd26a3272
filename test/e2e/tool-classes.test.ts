/** Every tool of the real program against the table of classes: a new tool does not get in without a row here. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';

/** Risk, concurrency class, and whether a missing `chat_id` is the chat of the caller. */
const CLASSES: Readonly<Record<string, readonly [risk: string, concurrency: string, takesChatId: boolean]>> =
  {
    bash: ['high', 'exclusive', false],
    calculate: ['low', 'read_only', false],
    compare_time: ['low', 'read_only', false],
    edit_file: ['medium', 'side_effect', false],
    export_chat: ['medium', 'side_effect', true],
    fetch_artifact: ['low', 'read_only', false],
    get_current_time: ['low', 'read_only', false],
    glob: ['low', 'read_only', false],
    grep: ['low', 'read_only', false],
    read_file: ['low', 'read_only', false],
    read_memory: ['low', 'read_only', true],
    todo_read: ['low', 'read_only', true],
    todo_write: ['medium', 'side_effect', true],
    web_fetch: ['low', 'read_only', false],
    web_search: ['low', 'read_only', false],
    write_file: ['medium', 'side_effect', false],
    write_memory: ['medium', 'side_effect', true],
  };

let served: ServedModel;
let client: ApiClient;

beforeEach(async () => {
  served = await ServedModel.start({
    web_search: { backend: 'searxng', searxng_base_url: 'http://localhost:9/' },
  });
  client = await setUpOperator(served.server);
});
afterEach(async () => {
  await served.stop();
});

interface CatalogRow {
  readonly name: string;
  readonly risk: string;
  readonly concurrency: string;
}

it('gives every tool the risk and the concurrency class of the table', async () => {
  const { body } = await client.get('/api/tools');
  const rows = body.tools as readonly CatalogRow[];
  const expected = Object.entries(CLASSES).map(([name, [risk, concurrency]]) => ({
    name,
    risk,
    concurrency,
  }));
  expect(rows.map(({ name, risk, concurrency }) => ({ name, risk, concurrency }))).toEqual(expected);
});

it('takes the chat of the caller for a missing chat_id in every tool that works on a chat', async () => {
  const required: Readonly<Record<string, Record<string, unknown>>> = {
    export_chat: {},
    read_memory: { scope: 'chat' },
    todo_read: {},
    todo_write: { todos: [{ task: 'one', status: 'pending' }] },
    write_memory: { scope: 'chat', content: 'a fact' },
  };
  const takesChatId = Object.keys(CLASSES).filter((name) => CLASSES[name]?.[2]);
  expect(Object.keys(required)).toEqual(takesChatId);
  const calls = takesChatId.map((name) => ({ name, input: required[name] ?? {} }));
  served.model.enqueue(reply.toolCalls(calls), reply.text('done'));
  expect((await client.send('use them all')).status).toBe(200);
  const results = served.model.requests.at(-1)?.toolResults ?? [];
  expect(results).toHaveLength(takesChatId.length);
  for (const result of results) expect(result).not.toMatch(/Missing|Invalid|Permission denied|error/i);
  const tools = (served.model.requests.at(-1)?.body.tools ?? []) as readonly {
    readonly function: { readonly name: string; readonly parameters: { readonly properties: object } };
  }[];
  const declared = tools.filter(({ function: { parameters } }) => 'chat_id' in parameters.properties);
  expect(declared.map(({ function: { name } }) => name)).toEqual(takesChatId);
});
