/** Rules for requests that are answered without a tool. */
import type { Topic } from './intent.ts';
import type { IntentRule } from './intent-rule.ts';

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  [
    'hello',
    /^(?:hi|hello|hey|hallo|howdy|yo|good (?:morning|afternoon|evening|day)|greetings|moin|ping|test)(?: (?:there|you|microclaw|again|everyone|all))*$/i,
  ],
  [
    'thanks',
    /^(?:thanks?|thank you|thx|ty|cheers|great|cool|nice|perfect|ok|okay|well done)(?: (?:you|so much|very much|a lot|that's all|job))*$/i,
  ],
  [
    'connect',
    /\b(?:connect|configure|set ?up|add|use|switch to|enable)\b.*\b(?:model|llm|provider|api ?key|openai|anthropic|claude|gpt|ollama|openrouter)\b/i,
  ],
  ['connect', /^(?:how (?:do|can|to)\b.*\b(?:model|api key|provider|llm)\b.*|api key|provider)$/i],
  [
    'help',
    /^(?:help(?: me)?|commands?|examples?|usage|what can (?:you|i) (?:do|say|ask|type)(?: here)?|what are you able to do|what do you do|how do(?:es)? (?:this|you|it) work|show (?:me )?(?:the )?(?:help|commands|examples))$/i,
  ],
  [
    'about',
    /^(?:who|what) are you|^what is (?:this|microclaw)|^are you (?:an? )?(?:ai|bot|llm|human|model|language model|chatgpt|claude|real|robot|offline|intelligent)\b|^what(?:'s| is) your name|^tell me about yourself|^why (?:are|can't|don't) you\b/i,
  ],
];

export const talk: IntentRule = (request) => {
  const topic = TOPICS.find(([, pattern]) => pattern.test(request))?.[0];
  return topic === undefined ? undefined : { intent: { kind: 'say', topic } };
};

/** A greeting and nothing else, whose words must not be dropped as the opening of a command. */
export function isGreeting(request: string): boolean {
  return TOPICS.some(([topic, pattern]) => topic === 'hello' && pattern.test(request));
}
