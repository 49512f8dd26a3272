/** Why a path may not be used. */

export type PathRule =
  | 'malformed'
  | 'sensitive'
  | 'outside'
  | 'symlink'
  | 'allowlist'
  | 'protected'
  | 'not_a_file';

export interface PathRefusal {
  readonly allowed: false;
  readonly rule: PathRule;
  /** For the model; begins with `Access denied: '<path>'`. */
  readonly message: string;
}
