/**
 * What text that tries to instruct a model looks like: the rules of content validation (tools §7.3), and their search.
 *
 * A rule is a chain of words that follow one another with a limited gap. Invariant: the search takes time in proportion
 * to the length of the text, whatever the text is: every word list is looked for once, and chains are followed over
 * the sorted positions.
 */

export interface ContentRule {
  readonly name: string;
  /** `low`: also common in honest technical text. */
  readonly confidence: 'low' | 'high';
  /** Any of these chains. */
  readonly chains: readonly WordChain[];
}

export interface WordChain {
  /** Expressions without unbounded repetition; global, without regard to case. */
  readonly stages: readonly RegExp[];
  /** Most characters between the end of one stage and the start of the next. */
  readonly gap: number;
}

function words(alternatives: string): RegExp {
  return new RegExp(`\\b(?:${alternatives})\\b`, 'gi');
}

/** In the order in which matches are reported. */
export const contentRules: readonly ContentRule[] = [
  {
    name: 'instruction_override',
    confidence: 'high',
    chains: [
      {
        gap: 120,
        stages: [
          words('ignore|disregard|forget'),
          words('previous|prior|above|all'),
          words('instructions?|prompts?|rules?'),
        ],
      },
    ],
  },
  {
    name: 'system_override',
    confidence: 'high',
    chains: [
      {
        gap: 120,
        stages: [words('override|bypass'), words('system|safety|policy|instruction|prompt|guardrails?')],
      },
    ],
  },
  {
    name: 'prompt_exfiltration',
    confidence: 'high',
    chains: [
      {
        gap: 120,
        stages: [
          words('reveal|leak|show|print|display|output'),
          words(
            'system prompt|hidden prompt|internal instructions?|internal monologue|chain[ -]of[ -]thought',
          ),
        ],
      },
    ],
  },
  {
    name: 'jailbreak_roleplay',
    confidence: 'low',
    chains: [
      {
        gap: 80,
        stages: [
          words('you are now|act as|pretend to be'),
          words('dan|developer mode|jailbreak|unfiltered assistant'),
        ],
      },
    ],
  },
  {
    name: 'system_delimiters',
    confidence: 'low',
    chains: [
      { gap: 800, stages: [/\[system\]/gi, /\[\/system\]/gi] },
      { gap: 800, stages: [/\[start\]/gi, /\[end\]/gi] },
      { gap: 200, stages: [/```/g, words('system|prompt|instruction')] },
    ],
  },
  {
    name: 'tool_abuse_instruction',
    confidence: 'high',
    chains: [
      {
        gap: 100,
        stages: [
          words('tools?'),
          words('call|execute|run|invoke'),
          words('bash|write_file|edit_file|run_terminal_cmd'),
        ],
      },
    ],
  },
];

/** The rules that `text` matches, in the order of the table. */
export function matchContentRules(text: string): readonly ContentRule[] {
  return contentRules.filter((rule) => rule.chains.some((chain) => hasChain(text, chain)));
}

/** Carries the ends that can be continued from stage to stage; both lists are sorted, so one pass suffices. */
function hasChain(text: string, { stages, gap }: WordChain): boolean {
  let ends: readonly number[] | undefined;
  for (const stage of stages) {
    const next: number[] = [];
    let candidate = 0;
    for (const match of text.matchAll(stage)) {
      const end = match.index + match[0].length;
      if (ends === undefined) {
        next.push(end);
        continue;
      }
      while (candidate < ends.length && (ends[candidate] ?? 0) + gap < match.index) candidate += 1;
      const open = ends[candidate];
      if (open !== undefined && open <= match.index) next.push(end);
    }
    if (next.length === 0) return false;
    ends = next;
  }
  return true;
}
