/** Passwords as the server takes them (trimmed, at least 8 characters), and a generator for good ones. */

export const PASSWORD_MIN_LENGTH = 8;

/** What is wrong with a new password, `null` when nothing is. */
export function passwordProblem(password: string, repeated: string): string | null {
  if (password.trim().length < PASSWORD_MIN_LENGTH) return `Use at least ${PASSWORD_MIN_LENGTH} characters.`;
  return password === repeated ? null : 'The two passwords differ.';
}

/** Four groups of five characters without look-alikes: about 98 bits. */
export function generatePassword(randomBytes: (length: number) => Uint8Array): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'; // 31 characters
  const characters: string[] = [];
  while (characters.length < 20) {
    for (const byte of randomBytes(32)) {
      const isUnbiased = byte < 248; // 8 × 31
      if (isUnbiased && characters.length < 20) characters.push(alphabet.charAt(byte % alphabet.length));
    }
  }
  return [0, 5, 10, 15].map((at) => characters.slice(at, at + 5).join('')).join('-');
}
