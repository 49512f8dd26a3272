/** What the operator decides about sandboxes, filled in by `app/` from the configuration. */

/** Kinds of sandbox, in the order in which `auto` tries them (DESIGN §7.11). */
export const BACKENDS = ['docker', 'podman', 'bubblewrap'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** `hardened`: no capability but `capAdd`; `standard`: the engine's default and `capAdd`; `privileged`: everything. */
export type SecurityProfile = 'hardened' | 'standard' | 'privileged';

export interface SandboxLimits {
  readonly memoryBytes: number;
  /** Processor cores, may be a fraction. */
  readonly cpus: number;
  readonly pids: number;
}

export interface SandboxOptions {
  readonly backend: 'auto' | BackendName;
  /** Image of containers. */
  readonly image: string;
  readonly containerPrefix: string;
  readonly noNetwork: boolean;
  /** False: commands run on the host, with one warning, when no sandbox works. */
  readonly requireRuntime: boolean;
  readonly securityProfile: SecurityProfile;
  readonly capAdd: readonly string[];
  readonly limits: SandboxLimits;
  /** Variables that are passed although their name looks like a credential; case does not matter. */
  readonly credentialEnvAllowlist: readonly string[];
  /** File with one allowed root per line; missing or empty allows every directory. */
  readonly mountAllowlistFile: string;
  /** Parent of the chats' directories; containers are named after what is below it. */
  readonly workingDir: string;
  /** Shown read-write to every chat, when it exists. */
  readonly sharedDir: string;
  /** Shown read-only, when they exist. */
  readonly readOnlyDirs: readonly string[];
  /** Never visible in a sandbox: configuration file, data, other chats. */
  readonly hiddenPaths: readonly string[];
  /** Private directory for short-lived files of the runners. */
  readonly stateDir: string;
}
