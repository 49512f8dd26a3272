/** Rules about files: listing, reading, writing, changing, searching. */
import { callMatch, type IntentRule, looksLikePath, unquote } from './intent-rule.ts';

const HERE =
  /^(?:here|there|in here|this|it|\.|(?:the |this |my |our )?(?:current |working |chat(?:'s)? )?(?:folder|directory|dir|workspace|working directory))$/i;

const LIST_VERB = '(?:list|show|display|give me|print|see|what|which)';
const FILES =
  '(?:files?(?: and (?:folders|directories))?|folders?|directory|dir|director(?:y|ies)|contents?|everything|workspace)';

/** "list the files here", "which files are in src?", "ls src", "what's in this folder". */
export const listFiles: IntentRule = (request) => {
  const shell = /^(?:ls|dir|ll)(?: -\w+)*(?: (\S+))?$/i.exec(request);
  if (shell !== null) return listing(shell[1]);
  const inside = /^what(?:'s| is|s)(?: there)? (?:in|inside) (.+)$/i.exec(request)?.[1];
  if (inside !== undefined && (HERE.test(inside) || isDirectoryName(inside))) return listing(inside);
  const pattern = new RegExp(
    `^${LIST_VERB}(?: me)?(?: (all))?(?: of)?(?: the| my| your| these| this| our)?(?: (all))?(?: (?:current|existing|available))?(?: (\\S*[*?]\\S*|\\.\\w+))? ?${FILES}?(.*)$`,
    'i',
  );
  const match = pattern.exec(request);
  if (match === null || !new RegExp(`\\b${FILES}\\b|[*?]`, 'i').test(request)) return undefined;
  const place = readPlace(match[4] ?? '');
  if (place === undefined) return undefined;
  const isDeep = /\b(?:recursively|all files|every file|tree)\b/i.test(request);
  return listing(place, match[3], isDeep);
};

/** "find files named *.md", "find the file notes.txt", "glob *.ts". */
export const findFiles: IntentRule = (request) => {
  const match =
    /^(?:find|glob|search for|look for)(?: me)?(?: all)?(?: the)?(?: files?)?(?: (?:named|called|matching|like|ending in|ending with))?\s+(\S+)(?: files?)?(?: in (?:the )?(.+))?$/i.exec(
      request,
    );
  const name = unquote(match?.[1] ?? '');
  const isGlob = /[*?]/.test(name) || /^(?:glob)\b/i.test(request);
  if (match === null || !(isGlob || /^(?:find|look for)(?: me)?(?: all)?(?: the)? files? /i.test(request))) {
    return undefined;
  }
  const suffix = /^\.\w+$/.test(name) ? `*${name}` : name;
  const pattern = suffix.includes('/') ? suffix : `**/${suffix}`;
  return glob(pattern, directoryOf(match[2]));
};

/** "read notes.txt", "show me the file x", "cat x", "what does x say". */
export const readFile: IntentRule = (request) => {
  const said = /^what (?:does|do) (?:the file )?(\S+) (?:say|contain)$/i.exec(request)?.[1];
  if (said !== undefined && looksLikePath(said)) return reading(said);
  const match =
    /^(read|cat|show|open|display|print|view|type|head)(?: me)?(?: (?:the )?(?:contents?|text) of)?(?: the)?( file)?(?: (?:called|named))?\s+(.+?)( file)?$/i.exec(
      request,
    );
  if (match === null) return undefined;
  const target = match[3] ?? '';
  const isMarked = match[2] !== undefined || match[4] !== undefined || /^(?:read|cat)$/i.test(match[1] ?? '');
  const isPhrase = /\s/.test(target) && unquote(target) === target;
  if (isPhrase || target.endsWith('/')) return undefined;
  return isMarked || looksLikePath(target) ? reading(target) : undefined;
};

/** "write hello to file notes.txt", "create a file a.txt with hello", "save `x` as y". */
export const writeFile: IntentRule = (request) => {
  const forward =
    /^(?:write|save|put|store)\s+(?:the (?:text|words?|line)\s+)?([\s\S]+?)\s+(?:in)?(?:to|as|in)\s+(?:the |a )?(?:new )?(?:file )?(?:called |named )?(\S+)$/i.exec(
      request,
    );
  const target = forward?.[2] ?? '';
  if (forward !== null && (looksLikePath(target) || /\bfile \S+$/i.test(request))) {
    return writing(target, forward[1] ?? '');
  }
  const backward =
    /^(?:create|make|write|add|save)(?: me)?(?: (?:a|the))?(?: new)?(?: text)? file (?:called |named )?(\S+?)(?::|,)?\s+(?:(?:with|containing|that says)(?: the)?(?: (?:text|contents?|words?))?:?\s+)?([\s\S]+)$/i.exec(
      request,
    );
  return backward === null ? undefined : writing(backward[1] ?? '', backward[2] ?? '');
};

/** "replace `a` with `b` in notes.txt". */
export const editFile: IntentRule = (request) => {
  const match =
    /^(?:replace|change|edit)\s+([\s\S]+?)\s+(?:with|by|to|into)\s+([\s\S]+?)\s+in\s+(?:the )?(?:file )?(\S+)$/i.exec(
      request,
    );
  if (match === null) return undefined;
  const input = {
    path: unquote(match[3] ?? ''),
    old_string: unquote(match[1] ?? ''),
    new_string: unquote(match[2] ?? ''),
  };
  return callMatch('edit_file', input, 'edit files');
};

/** "grep TODO in src", "find hello in the files", "search for foo". */
export const searchFiles: IntentRule = (request) => {
  const match =
    /^(grep|find|search(?: for)?|look for|search (?:the |my |all )?files for|find text)(?: -\w+)*\s+(?:the (?:text|word|string) )?([\s\S]+?)(?:\s+(?:in|inside|within|across)\s+(?:the )?(.+))?$/i.exec(
      request,
    );
  if (match === null || /^(?:the )?(?:web|internet|memor)/i.test(match[2] ?? '')) return undefined;
  const isRegex = /^grep/i.test(match[1] ?? '');
  const wanted = unquote(match[2] ?? '');
  const place = directoryOf(match[3]);
  const input = {
    pattern: isRegex ? wanted : escapeRegex(wanted),
    ...(place === undefined ? {} : { path: place }),
  };
  return callMatch('grep', input, 'search files');
};

function listing(place: string | undefined, filter?: string, isDeep = false) {
  const name = filter?.startsWith('.') === true ? `*${filter}` : (filter ?? '*');
  return glob(isDeep && !name.includes('/') ? `**/${name}` : name, directoryOf(place));
}

function glob(pattern: string, path: string | undefined) {
  return callMatch('glob', path === undefined ? { pattern } : { pattern, path }, 'list files');
}

function reading(target: string) {
  return callMatch('read_file', { path: unquote(target) }, 'read files');
}

function writing(target: string, text: string) {
  return callMatch('write_file', { path: unquote(target), content: `${unquote(text)}\n` }, 'write files');
}

/** What follows "files": a place, nothing, or something else (`undefined`: not a listing). */
function readPlace(rest: string): string | undefined {
  const place = rest
    .trim()
    .replace(/^(?:that )?(?:are|is|exist|do (?:we|you|i) have|you have|we have)\b\s*/i, '')
    .replace(/^(?:there|recursively)\b\s*/i, '')
    .replace(/^(?:in|inside|of|under|from|at)\s+/i, '')
    .replace(/\s+recursively$/i, '')
    .trim();
  if (place === '' || HERE.test(place)) return '';
  return isDirectoryName(place) ? place : undefined;
}

function isDirectoryName(text: string): boolean {
  return /^(?:the )?(?:(?:folder|directory|dir) )?[^\s]+(?: (?:folder|directory|dir))?$/i.test(text);
}

/** A directory name without the words around it; `undefined` for the working directory. */
function directoryOf(place: string | undefined): string | undefined {
  const name = unquote(
    (place ?? '')
      .trim()
      .replace(/^the /i, '')
      .replace(/^(?:folder|directory|dir) /i, '')
      .replace(/ (?:folder|directory|dir)$/i, ''),
  );
  const isAnywhere = /^(?:(?:all |my |these )?files|all files|everything|everywhere)$/i.test(name);
  return name === '' || HERE.test(name) || HERE.test((place ?? '').trim()) || isAnywhere ? undefined : name;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
