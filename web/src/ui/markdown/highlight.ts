/**
 * Code highlighting, in a chunk of its own that loads with the first code block. The highlighter writes a tree
 * instead of HTML, so nothing has to be trusted or sanitised.
 */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import nginx from 'highlight.js/lib/languages/nginx';
import php from 'highlight.js/lib/languages/php';
import powershell from 'highlight.js/lib/languages/powershell';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** Plain text, or a coloured span around more of the same. */
export type HighlightNode =
  | string
  | { readonly className: string; readonly children: readonly HighlightNode[] };

const LANGUAGES = {
  bash,
  c,
  cpp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  makefile,
  markdown,
  nginx,
  php,
  powershell,
  python,
  ruby,
  rust,
  shell,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};

interface OpenSpan {
  readonly className: string;
  readonly children: HighlightNode[];
}

/** Collects what the highlighter emits; see `Emitter` of highlight.js. */
class TreeEmitter {
  readonly root: OpenSpan = { className: '', children: [] };
  #stack: OpenSpan[] = [this.root];

  startScope(scope: string): void {
    const span = { className: scopeClass(scope), children: [] };
    this.#top().children.push(span);
    this.#stack.push(span);
  }

  endScope(): void {
    if (this.#stack.length > 1) this.#stack.pop();
  }

  addText(text: string): void {
    if (text !== '') this.#top().children.push(text);
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: TreeEmitter): void {
    this.#top().children.push(...emitter.root.children);
  }

  finalize(): void {
    this.#stack = [this.root];
  }

  /** The highlighter asks for it; nothing here reads it. */
  toHTML(): string {
    return '';
  }

  #top(): OpenSpan {
    return this.#stack.at(-1) ?? this.root;
  }
}

/** `title.function` is drawn as `title`. */
function scopeClass(scope: string): string {
  return `hljs-${scope.split('.')[0] ?? scope}`;
}

for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);
hljs.configure({ __emitter: TreeEmitter });

/** The coloured tree of `code`, or `null` when the language is not known. */
export function highlight(code: string, language: string): readonly HighlightNode[] | null {
  if (hljs.getLanguage(language) === undefined) return null;
  const result = hljs.highlight(code, { language, ignoreIllegals: true });
  return result._emitter instanceof TreeEmitter ? result._emitter.root.children : null;
}
