/** A conversation on a channel. */
export interface ChatRef {
  readonly chatId: number;
  /** `web`, `headless`, `telegram`, … */
  readonly channel: string;
  /** The platform's own id of the conversation; for web chats the session key. */
  readonly externalId: string;
  readonly kind: 'private' | 'group';
}
