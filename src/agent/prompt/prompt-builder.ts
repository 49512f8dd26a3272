/**
 * Assembles the system prompt from sections in their fixed order: stable ones first, changing ones after them
 * (agent-runtime §4 and §21.21). A section that fails is left out and logged; the turn goes on.
 */
import type { Logger } from '../../observability/logger.ts';
import type { PromptContext, PromptSection } from './prompt-section.ts';

export type SystemPrompt = readonly { readonly text: string; readonly stable: boolean }[];

export class PromptBuilder {
  readonly #sections: readonly PromptSection[];
  readonly #logger: Logger;

  constructor(sections: readonly PromptSection[], logger: Logger) {
    this.#sections = sections;
    this.#logger = logger;
  }

  /** At most two parts: the stable text and the changing text. */
  async build(context: PromptContext): Promise<SystemPrompt> {
    const [stable, changing] = await Promise.all([
      this.#render('stable', context),
      this.#render('changing', context),
    ]);
    const parts = [
      { text: stable, stable: true },
      { text: changing, stable: false },
    ];
    return parts.filter((part) => part.text !== '');
  }

  async #render(placement: PromptSection['placement'], context: PromptContext): Promise<string> {
    const texts = await Promise.all(
      this.#sections
        .filter((section) => section.placement === placement)
        .map((section) => this.#renderSection(section, context)),
    );
    return texts.filter((text) => text !== '').join('\n\n');
  }

  async #renderSection(section: PromptSection, context: PromptContext): Promise<string> {
    try {
      return (await section.render(context)) ?? '';
    } catch (error) {
      this.#logger.warn({ err: error, section: section.name }, 'prompt section left out');
      return '';
    }
  }
}
