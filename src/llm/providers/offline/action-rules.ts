/** Rules about commands, web pages, memory, plans, time and arithmetic. */
import { callMatch, type IntentRule, unquote } from './intent-rule.ts';
import { readArithmetic } from './read-arithmetic.ts';
import { timeZoneFor } from './time-zone-names.ts';

/** "run `uname -a`", "execute ls", "$ pwd", "`date`", "what does `id` print". */
export const runCommand: IntentRule = (request) => {
  const fenced =
    /^(?:(?:run|execute|exec)(?: this| it)?:?\s+)?```(?:bash|sh|shell)?\n([\s\S]+?)\n?```$/i.exec(request);
  const quoted =
    /^(?:(?:run|execute|exec|try|call)(?: the)?(?: shell| bash)?(?: command)?:?\s+|what (?:does|is the output of) )?`([^`\n]+)`(?: (?:print|output|say|return|show|in (?:the |a )?(?:shell|bash|terminal)|for me)s?)?$/i.exec(
      request,
    );
  const plain =
    /^(?:(?:run|execute|exec)(?: the)?(?: shell| bash)?(?: command)?:?\s+|\$\s+|(?:bash|sh|shell)(?: -c)?:?\s+)([\s\S]+)$/i.exec(
      request,
    );
  const command = fenced?.[1] ?? quoted?.[1] ?? (plain === null ? undefined : unquote(plain[1] ?? ''));
  return command === undefined ? undefined : callMatch('bash', { command }, 'run commands');
};

/** "fetch example.com", "open https://…", a bare address. */
export const fetchPage: IntentRule = (request) => {
  const match =
    /^(?:(?:fetch|get|open|download|read|load|visit|browse|show|summari[sz]e|check|go to|look at|what(?:'s| is) (?:on|at)|what does)(?: me)?(?: the)?(?: (?:web ?)?(?:page|site)| url| website| content of)?(?: at| from)?\s+)?<?(https?:\/\/[^\s>]+)>?(?: say)?$/i.exec(
      request,
    );
  const domain =
    /^(?:fetch|visit|browse|go to|open (?:the )?(?:page|site|website)|get (?:the )?(?:page|site|website))\s+((?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/:?#]\S*)?)$/i.exec(
      request,
    )?.[1];
  const url = match?.[1] ?? (domain === undefined ? undefined : `https://${domain}`);
  return url === undefined ? undefined : callMatch('web_fetch', { url }, 'fetch web pages');
};

export const searchWeb: IntentRule = (request) => {
  const match =
    /^(?:google|(?:web ?search|search (?:the )?(?:web|internet|online)|look up online)(?: for)?)\s+([\s\S]+)$/i.exec(
      request,
    );
  if (match === null) return undefined;
  const advice = 'If you know the address, say `fetch <url>`.';
  return callMatch('web_search', { query: unquote(match[1] ?? '') }, 'search the web', advice);
};

/** "remember that …", "note: …", "don't forget …". */
export const remember: IntentRule = (request) => {
  const match =
    /^(?:remember|memori[sz]e|keep in mind|don't forget|do not forget|note(?= that\b|:)|make a note)(?: this| for later)?(?:\s*[:,]\s*|\s+that\s+|\s+)([\s\S]+)$/i.exec(
      request,
    );
  if (match === null || /^(?:about )?(?:me|anything)$/i.test(match[1] ?? '')) return undefined;
  return callMatch('write_memory', { scope: 'chat', content: unquote(match[1] ?? '') }, 'remember things');
};

/** "what do you remember?", "show your memory", "what do you know about me". */
export const recall: IntentRule = (request) => {
  const isRecall =
    /^what (?:do|did|can) you (?:remember|know|recall)(?: about (?:me|us|this chat|that))?$/i.test(request) ||
    /^(?:show|read|list|recall|print|tell me)(?: me)?(?: (?:the|your|my|all|chat))*(?: \w+)? (?:memory|memories|memory file)$/i.test(
      request,
    ) ||
    /^(?:memory|memories|do you remember (?:me|anything)|what have you (?:remembered|memori[sz]ed))$/i.test(
      request,
    );
  return isRecall ? callMatch('read_memory', { scope: 'chat' }, 'read memory') : undefined;
};

export const forgetEverything: IntentRule = (request) => {
  const isForget =
    /^(?:forget (?:everything|all|it all)|(?:clear|erase|wipe|delete) (?:the |your |my |all )*(?:memory|memories))$/i.test(
      request,
    );
  if (!isForget) return undefined;
  return callMatch('write_memory', { scope: 'chat', mode: 'replace', content: '' }, 'change memory');
};

export const searchMemory: IntentRule = (request) => {
  const match =
    /^(?:search|look (?:in|through))(?: (?:the|your|my))? (?:memory|memories)(?: for)?\s+([\s\S]+)$/i.exec(
      request,
    );
  if (match === null) return undefined;
  const advice = 'What I keep for this chat is short: say `what do you remember`.';
  return callMatch('structured_memory_search', { query: unquote(match[1] ?? '') }, 'search memory', advice);
};

/** Schedules need a feature of their own; the answer must not pretend. */
export const remind: IntentRule = (request) => {
  if (!/^(?:remind me|set (?:a |an )?(?:reminder|alarm|timer)|schedule|wake me)\b/i.test(request))
    return undefined;
  const advice = 'I can keep a note instead: say `todo: …` or `remember that …`.';
  return { intent: { kind: 'unavailable', what: 'set reminders or schedules', advice } };
};

export const changeTodos: IntentRule = (request) => {
  const needs = { tool: 'todo_write', what: 'keep a todo list' };
  const added =
    /^(?:add(?: an?)?(?: new)? (?:todo|to-do|task|item)|new (?:todo|task)|todo|to-do)(?:\s*[:-]\s*|\s+to\s+|\s+)([\s\S]+)$/i.exec(
      request,
    )?.[1] ??
    /^(?:add|put)\s+([\s\S]+?)\s+(?:to|on)\s+(?:the |my )?(?:todos?|to-dos?)(?: ?list)?$/i.exec(request)?.[1];
  if (added !== undefined && !/^list$/i.test(added)) {
    return { intent: { kind: 'todo', change: { kind: 'add', task: unquote(added) } }, needs };
  }
  const done =
    /^(?:complete|finish|check off|tick off|close)(?: (?:todo|to-do|task|item|number))*\s+#?([\s\S]+)$/i.exec(
      request,
    )?.[1] ??
    /^mark(?: (?:todo|to-do|task|item|number))*\s+#?([\s\S]+?)\s+(?:as )?(?:done|complete[d]?|finished)$/i.exec(
      request,
    )?.[1] ??
    /^(?:todo|task)\s+#?(\d+)(?: is)? done$/i.exec(request)?.[1];
  if (done === undefined) return undefined;
  return { intent: { kind: 'todo', change: { kind: 'complete', which: unquote(done) } }, needs };
};

export const showTodos: IntentRule = (request) => {
  const cleared =
    /^(?:clear|delete|empty|remove)(?: all)?(?: the| my)? (?:todos?|to-dos?|tasks?)(?: ?list)?$/i.test(
      request,
    );
  if (cleared) return callMatch('todo_write', { todos: [] }, 'keep a todo list');
  const shown =
    /^(?:(?:show|list|read|display|print|what(?:'s| is| are)?(?: on| in)?)(?: me)?(?: (?:the|my|our|all|open))* )?(?:todos?|to-dos?|tasks?)(?: ?lists?)?$/i.test(
      request,
    );
  return shown ? callMatch('todo_read', {}, 'keep a todo list') : undefined;
};

/** "what time is it in Tokyo", "what's the date", "current time". */
export const currentTime: IntentRule = (request) => {
  const match =
    /^(?:(?:what(?:'s| is)|tell me|show|give me)(?: me)?(?: the)? ?(?:current |local |exact )?(?:time|date|day)(?: and (?:time|date))?(?: is it)?|what (?:time|day|date) is (?:it|today)|(?:current )?(?:time|date|now))(?: (?:now|today|right now|currently|is it))*(?: (?:in|at|for) (.+?))?(?: (?:now|right now))?$/i.exec(
      request,
    );
  if (match === null) return undefined;
  const place = match[1]?.trim();
  return callMatch(
    'get_current_time',
    place === undefined ? {} : { timezone: timeZoneFor(place) },
    'tell the time',
  );
};

/** "calculate 2+3*4", "what is 12 times 7", "(1+2)/3". */
export const calculate: IntentRule = (request) => {
  const asked = /^(?:calculate|compute|calc|evaluate|solve)\s*:?\s+([\s\S]+)$/i.exec(request)?.[1];
  if (asked !== undefined) {
    return callMatch('calculate', { expression: readArithmetic(asked) ?? unquote(asked) }, 'calculate');
  }
  const text = request.replace(/^(?:what(?:'s| is| does)|how much is|whats)\s+/i, '').replace(/\s*=?$/, '');
  const expression = readArithmetic(text);
  return expression === undefined ? undefined : callMatch('calculate', { expression }, 'calculate');
};

export const exportChat: IntentRule = (request) => {
  const isExport =
    /^(?:export|download|save)(?: this| the| my| our)? (?:chat|conversation|transcript)(?: (?:as|to) .*)?$/i.test(
      request,
    );
  return isExport ? callMatch('export_chat', {}, 'export the chat') : undefined;
};
