/** Standing approvals: tools that need no further question in a chat. They are given with an answer (`approvals`). */
import type { Storage } from '../storage.ts';

export interface ApprovalGrant {
  readonly chatId: number;
  readonly channel: string;
  /** External id and title of the chat, for its session key. */
  readonly externalId: string;
  readonly title: string | null;
  readonly tool: string;
  readonly grantedBy: string;
  readonly createdAt: string;
}

export class ApprovalGrantRepository {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async has(chatId: number, tool: string): Promise<boolean> {
    const row = await this.#storage.db
      .selectFrom('approval_grants')
      .select('tool')
      .where('chat_id', '=', chatId)
      .where('tool', '=', tool)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Of one chat, or of all; the newest first. */
  async list(chatId?: number): Promise<readonly ApprovalGrant[]> {
    let query = this.#storage.db
      .selectFrom('approval_grants')
      .innerJoin('chats', 'chats.chat_id', 'approval_grants.chat_id')
      .select([
        'approval_grants.chat_id',
        'chats.channel',
        'chats.external_chat_id',
        'chats.chat_title',
        'approval_grants.tool',
        'approval_grants.granted_by',
        'approval_grants.created_at',
      ])
      .orderBy('approval_grants.created_at', 'desc')
      .orderBy('approval_grants.tool');
    if (chatId !== undefined) query = query.where('approval_grants.chat_id', '=', chatId);
    return (await query.execute()).map((row) => ({
      chatId: row.chat_id,
      channel: row.channel,
      externalId: row.external_chat_id,
      title: row.chat_title,
      tool: row.tool,
      grantedBy: row.granted_by,
      createdAt: row.created_at,
    }));
  }

  /** Takes back one standing approval of a chat, or all of them; returns how many there were. */
  async revoke(chatId: number, tool?: string): Promise<number> {
    let query = this.#storage.db.deleteFrom('approval_grants').where('chat_id', '=', chatId);
    if (tool !== undefined) query = query.where('tool', '=', tool);
    const [result] = await this.#storage.write([{ query }], { durability: 'full' });
    return result?.affectedRows ?? 0;
  }
}
