/** One request as the fake model saw it, with the questions tests ask of it already answered. */

export type FakeProtocol = 'chat' | 'responses' | 'anthropic';

type Json = Record<string, unknown>;

export interface RecordedRequest {
  readonly index: number;
  readonly protocol: FakeProtocol;
  readonly path: string;
  /** What stands behind the `?`; empty without one. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** From `Authorization: Bearer` or `x-api-key`; empty without one. */
  readonly apiKey: string;
  readonly body: Readonly<Json>;
  readonly bodyText: string;
  readonly model: string;
  readonly stream: boolean;
  /** Text of the newest user message, without the tags that mark user content. */
  readonly lastUserText: string;
  /** True when the newest input is the result of a tool. */
  readonly endsWithToolResult: boolean;
  /** Content of the tool results after the newest assistant message. */
  readonly toolResults: readonly string[];
  readonly toolNames: readonly string[];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return records(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** Inner text of the last `<user_message …>` element, or the text as it is. */
function unwrap(text: string): string {
  const matches = [...text.matchAll(/<user_message[^>]*>([\s\S]*?)<\/user_message>/g)];
  return (matches.at(-1)?.[1] ?? text).trim();
}

/** Results after the newest assistant turn; every protocol has its own name for them. */
function newestResults(protocol: FakeProtocol, items: readonly Json[]): readonly string[] {
  const results: string[] = [];
  for (const item of items.toReversed()) {
    if (protocol === 'chat') {
      if (item.role === 'assistant') break;
      if (item.role === 'tool') results.unshift(textOf(item.content));
    } else if (protocol === 'responses') {
      if (item.type === 'function_call' || item.role === 'assistant') break;
      if (item.type === 'function_call_output') results.unshift(String(item.output ?? ''));
    } else {
      if (item.role === 'assistant') break;
      const blocks = records(item.content).filter((block) => block.type === 'tool_result');
      results.unshift(...blocks.map((block) => textOf(block.content)));
    }
  }
  return results;
}

export function recordRequest(
  index: number,
  protocol: FakeProtocol,
  target: string,
  headers: Readonly<Record<string, string>>,
  bodyText: string,
): RecordedRequest {
  const parsed: unknown = bodyText === '' ? {} : JSON.parse(bodyText);
  const body = isJson(parsed) ? parsed : {};
  const items = records(protocol === 'responses' ? body.input : body.messages);
  const userTexts = items.filter((item) => item.role === 'user').map((item) => textOf(item.content));
  const toolResults = newestResults(protocol, items);
  const last = items.at(-1);
  const lastText = last?.role === 'user' ? textOf(last.content) : '';
  const bearer = headers.authorization?.replace(/^Bearer /, '') ?? '';
  const [path = '', query = ''] = target.split('?', 2);
  return {
    index,
    protocol,
    path,
    query,
    headers,
    apiKey: headers['x-api-key'] ?? bearer,
    body,
    bodyText,
    model: typeof body.model === 'string' ? body.model : '',
    stream: body.stream === true,
    lastUserText: unwrap(userTexts.findLast((text) => text !== '') ?? ''),
    endsWithToolResult: toolResults.length > 0 && lastText === '',
    toolResults,
    toolNames: records(body.tools).map((tool) => {
      const named = isJson(tool.function) ? tool.function : tool;
      return typeof named.name === 'string' ? named.name : '';
    }),
  };
}
