/** The program with a fake model behind it, started and ended together. */
import { type FakeModelServer, startFakeModel } from './fake-model/fake-model-server.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from './microclaw-process.ts';

export class ServedModel {
  readonly model: FakeModelServer;
  readonly home: MicroclawHome;
  #server: RunningMicroclaw;

  private constructor(model: FakeModelServer, home: MicroclawHome, server: RunningMicroclaw) {
    this.model = model;
    this.home = home;
    this.#server = server;
  }

  /** `prepare` is given the home before the program starts. */
  static async start(
    config: Readonly<Record<string, unknown>> = {},
    prepare: (home: MicroclawHome) => Promise<unknown> = async () => {},
  ): Promise<ServedModel> {
    const model = await startFakeModel();
    const home = await createHome({ ...model.config, ...config });
    await prepare(home);
    return new ServedModel(model, home, await startMicroclaw(home));
  }

  /** The newest process. */
  get server(): RunningMicroclaw {
    return this.#server;
  }

  /** Ends the process, unless it has ended, and starts another one on the same home. */
  async restart(): Promise<RunningMicroclaw> {
    await this.#server.stop();
    this.#server = await startMicroclaw(this.home);
    return this.#server;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await this.model.stop();
    await this.home.dispose();
  }
}
