/** What floats above the page; at most one at a time. */
export type Overlay = 'none' | 'chats' | 'palette' | 'shortcuts' | 'connect-model';
