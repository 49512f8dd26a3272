/**
 * The part of the DOM that extraction uses. The compiler is not given the browser's types, because nothing else of the
 * program runs where they would be true.
 */

export interface PageNode {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly parentNode: PageNode | null;
  cloneNode(deep: boolean): PageNode;
}

export interface PageElement extends PageNode {
  readonly firstElementChild: PageElement | null;
  getAttribute(name: string): string | null;
  remove(): void;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement> & Iterable<PageElement>;
}

export interface PageDocument extends PageNode {
  readonly body: PageElement;
  readonly documentElement: PageElement;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement> & Iterable<PageElement>;
}
