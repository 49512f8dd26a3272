/** What the offline interpreter says when no tool is involved. It never claims to be more than it is. */
import type { Topic } from './intent.ts';

const NOT_A_MODEL =
  'I am the built-in offline interpreter, **not a language model**: I understand fixed commands only.';

const CONNECT = `To connect a language model, do one of these and restart:
- set \`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\` or \`OPENROUTER_API_KEY\` in the environment, or
- put it into \`microclaw.config.yaml\`:
  \`\`\`yaml
  llm_provider: openai        # or anthropic, openrouter, …
  api_key: env:MY_KEY
  model: gpt-5.2
  \`\`\`
- for a local model: \`llm_provider: ollama\` and, if it is not on this machine, \`llm_base_url\`.`;

/** Example by the tool it needs. */
const EXAMPLES: readonly (readonly [tool: string, example: string])[] = [
  ['glob', '`list the files here`'],
  ['bash', '`` run `uname -a` ``'],
  ['read_file', '`read notes.txt`'],
  ['write_file', '`write hello to file notes.txt`'],
  ['grep', '`find hello in notes.txt`'],
  ['web_fetch', '`fetch https://example.com`'],
  ['write_memory', '`remember that my cat is called Miso`'],
  ['read_memory', '`what do you remember`'],
  ['get_current_time', '`what time is it in Tokyo`'],
  ['calculate', '`calculate 2+3*4`'],
  ['todo_write', '`todo: buy milk` and `show todos`'],
];

/** The answer to a topic; examples only name tools that are offered. */
export function fixedAnswer(topic: Topic, tools: ReadonlySet<string>): string {
  switch (topic) {
    case 'hello':
      return `Hello! ${NOT_A_MODEL}\n\n${exampleList(tools)}`;
    case 'help':
      return `${NOT_A_MODEL}\n\n${exampleList(tools)}\n\n${CONNECT}`;
    case 'about':
      return `I am microclaw, an agent runtime on your own machine. No language model is connected. ${NOT_A_MODEL} With a model connected, this same chat becomes a full agent with the same tools.\n\n${CONNECT}`;
    case 'connect':
      return CONNECT;
    case 'thanks':
      return 'You are welcome.';
    case 'unknown':
      return `I did not understand that. ${NOT_A_MODEL}\n\n${exampleList(tools)}\n\n${CONNECT}`;
    default:
      return topic satisfies never;
  }
}

/** The answer to something understood but not possible here. `what` completes "I cannot …". */
export function unavailableAnswer(what: string, advice: string | undefined): string {
  const reason = 'this needs a feature that is not available in this installation or chat.';
  return `I cannot ${what}: ${reason}${advice === undefined ? '' : ` ${advice}`}`;
}

function exampleList(tools: ReadonlySet<string>): string {
  const lines = EXAMPLES.filter(([tool]) => tools.has(tool)).map(([, example]) => `- ${example}`);
  return lines.length === 0
    ? 'No tools are available here.'
    : `What I can do, for example:\n${lines.join('\n')}`;
}
