/** The token of `Authorization: Bearer <token>`; the scheme is case-insensitive. */
export function bearerToken(authorization: string | undefined): string | undefined {
  const token = /^bearer\s+(.*)$/i.exec(authorization?.trim() ?? '')?.[1]?.trim();
  return token === undefined || token === '' ? undefined : token;
}
