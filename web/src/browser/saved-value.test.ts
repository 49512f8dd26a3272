import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../testing/fake-stream.ts';
import { readSaved, writeSaved, writeText } from './saved-value.ts';

const shape = { key: 'k', version: 2 };

describe('saved values', () => {
  it('come back as they were', () => {
    const storage = memoryStorage();
    writeSaved(storage, shape, [{ a: 1 }]);
    expect(readSaved(storage, shape)).toEqual([{ a: 1 }]);
  });

  it('of another version or damaged count as absent and are removed', () => {
    for (const text of ['{"version":1,"value":[]}', '{"version":2', '[]', 'null', '"x"']) {
      const storage = memoryStorage();
      storage.setItem('k', text);
      expect(readSaved(storage, shape)).toBeNull();
      expect(storage.getItem('k')).toBeNull();
    }
  });

  it('do not fail when the storage is full, and leave no old copy', () => {
    const storage = memoryStorage();
    writeText(storage, 'k', 'old');
    const full = {
      ...storage,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    writeText(full, 'k', 'new');
    expect(storage.getItem('k')).toBeNull();
  });

  it('are removed when empty', () => {
    const storage = memoryStorage();
    writeText(storage, 'k', 'x');
    writeText(storage, 'k', '');
    expect(storage.getItem('k')).toBeNull();
  });
});
