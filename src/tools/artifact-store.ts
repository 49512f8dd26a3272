/** Where complete tool results go when only their ends are shown to the model. */

export interface StoredArtifact {
  readonly artifactId: string;
  readonly chatId: number;
  readonly toolName: string;
  readonly content: string;
  /** Code points. */
  readonly totalChars: number;
}

export interface ArtifactStore {
  /** Stores a result and returns its id, `art_` and 32 hex digits. */
  save(chatId: number, toolName: string, content: string): Promise<string>;
  /** The artifact, or `undefined` when it is unknown or expired. */
  find(artifactId: string): Promise<StoredArtifact | undefined>;
}
