/** The words of the question, in the language of the installation. */
import type { ApprovalQuestion } from '../../tools/waiting-room.ts';

export type MessageLanguage = 'en' | 'zh' | 'bilingual';

/** Labels of the answers 1, 2 and 3. */
export function answerLabels(tool: string, language: MessageLanguage): [string, string, string] {
  const english: [string, string, string] = ['Approve once', `Always allow '${tool}' in this chat`, 'Deny'];
  const chinese: [string, string, string] = ['批准一次', `在本聊天中始终允许 '${tool}'`, '拒绝'];
  switch (language) {
    case 'en':
      return english;
    case 'zh':
      return chinese;
    case 'bilingual':
      return [
        `${english[0]} / ${chinese[0]}`,
        `${english[1]} / ${chinese[1]}`,
        `${english[2]} / ${chinese[2]}`,
      ];
    default:
      return language satisfies never;
  }
}

/** The question as a chat message, with the whole call: who answers `1` approves what follows the first lines, too. */
export function approvalCard(question: ApprovalQuestion, language: MessageLanguage): string {
  const { tool, command, input, options, reasons, advisory, cwd, expiresAt } = question;
  const until = `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`;
  const words = CARD_WORDS[language];
  return [
    `⚠️ ${words.title(tool)}`,
    '',
    fenced(command ?? JSON.stringify(input)),
    ...(cwd === null ? [] : [`${words.directory}: \`${cwd}\``]),
    `${words.reason}: ${reasons.map(({ text }) => text).join('; ')}`,
    ...(advisory === null ? [] : [`${words.advisory}: ${advisory}`]),
    '',
    ...options.map((label, index) => `${index + 1}. ${label}`),
    '',
    words.how(until),
  ].join('\n');
}

/** What somebody is told whose reply did not count, before the open question is put again. */
export function doubtText(language: MessageLanguage): string {
  return CARD_WORDS[language].doubt;
}

interface CardWords {
  title(tool: string): string;
  readonly directory: string;
  readonly reason: string;
  readonly advisory: string;
  how(until: string): string;
  readonly doubt: string;
}

const ENGLISH: CardWords = {
  title: (tool) => `Approval required: \`${tool}\` wants to run`,
  directory: 'Directory',
  reason: 'Reason',
  advisory: 'Second opinion',
  how: (until) =>
    `Reply with 1, 2 or 3 until ${until}. Without an answer the call is denied; any other message denies it too.`,
  doubt:
    'This reply was not counted: there was another question in this chat, so it is not clear which one it answers. ' +
    'Nothing was approved by it. Please read the question that waits now and reply again.',
};

const CHINESE: CardWords = {
  title: (tool) => `需要批准：\`${tool}\` 请求执行`,
  directory: '目录',
  reason: '原因',
  advisory: '参考意见',
  how: (until) => `请在 ${until} 之前回复 1、2 或 3。未回复视为拒绝；其他任何消息也视为拒绝。`,
  doubt:
    '此回复未被采纳：本聊天中还有过另一个问题，无法确定它回答的是哪一个，因此未批准任何操作。请阅读当前等待的问题后重新回复。',
};

const CARD_WORDS: Readonly<Record<MessageLanguage, CardWords>> = {
  en: ENGLISH,
  zh: CHINESE,
  bilingual: {
    title: (tool) => `${ENGLISH.title(tool)} / ${CHINESE.title(tool)}`,
    directory: `${ENGLISH.directory} / ${CHINESE.directory}`,
    reason: `${ENGLISH.reason} / ${CHINESE.reason}`,
    advisory: `${ENGLISH.advisory} / ${CHINESE.advisory}`,
    how: (until) => `${ENGLISH.how(until)}\n${CHINESE.how(until)}`,
    doubt: `${ENGLISH.doubt}\n${CHINESE.doubt}`,
  },
};

/** A fenced block whose fence is longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
