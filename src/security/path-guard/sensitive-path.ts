/**
 * Paths that no tool may touch, whoever asks: credentials and process internals (tools §6).
 *
 * Components are compared without case, in Unicode compatibility form and without trailing dots and spaces, because
 * file systems differ in what they consider the same name. Both kinds of slash separate components.
 */

const DENIED_COMPONENTS: ReadonlySet<string> = new Set([
  ...['.ssh', '.aws', '.gnupg', '.kube', '.docker', '.azure', '.gcloud'],
  ...['credentials', 'credentials.json', 'token.json', 'secrets.yaml', 'secrets.json'],
  ...['.netrc', '.npmrc', '.pypirc', '.pgpass', '.git-credentials'],
  ...['id_rsa', 'id_ed25519', 'id_ecdsa', 'id_dsa'].flatMap((name) => [name, `${name}.pub`]),
]);

const DENIED_PATHS: ReadonlySet<string> = new Set(['/etc/shadow', '/etc/gshadow', '/etc/sudoers']);

const ENV_TEMPLATES: ReadonlySet<string> = new Set(['.env.example', '.env.sample', '.env.template']);

/** Environment, memory, descriptors and roots of processes. */
const PROCESS_DIRECTORY = /^\/proc\/(?:\d+|self|thread-self)(?:\/|$)/;

/** True when any component, or the path as a whole, is on the deny list. `absolutePath` is normalised. */
export function isSensitivePath(absolutePath: string): boolean {
  const components = absolutePath.split(/[\\/]+/).map(comparable);
  const joined = components.join('/');
  if (DENIED_PATHS.has(joined) || PROCESS_DIRECTORY.test(joined)) return true;
  return components.some(
    (component, index) =>
      DENIED_COMPONENTS.has(component) ||
      isEnvFile(component) ||
      (component === 'gcloud' && components[index - 1] === '.config'),
  );
}

function comparable(component: string): string {
  return component
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=[^. ])[. ]+$/, '');
}

function isEnvFile(component: string): boolean {
  return component.startsWith('.env') && !ENV_TEMPLATES.has(component);
}
