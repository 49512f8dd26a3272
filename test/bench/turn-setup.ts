/** A running server of its own with a model that answers at once and a client that is signed in. */
import { type BenchHome, createBenchHome } from './bench-home.ts';
import { BenchModel } from './bench-model.ts';
import { ServerProcess } from './server-process.ts';
import { TurnClient } from './turn-client.ts';

export class TurnSetup {
  readonly model: BenchModel;
  readonly home: BenchHome;
  #server: ServerProcess;
  #client: TurnClient;

  private constructor(model: BenchModel, home: BenchHome, server: ServerProcess, client: TurnClient) {
    this.model = model;
    this.home = home;
    this.#server = server;
    this.#client = client;
  }

  static async start(): Promise<TurnSetup> {
    const model = await BenchModel.start();
    const home = await createBenchHome(model.url);
    const server = await ServerProcess.start(home.start);
    return new TurnSetup(model, home, server, await TurnClient.signIn(home.url, server));
  }

  get client(): TurnClient {
    return this.#client;
  }

  residentBytes(): number {
    return this.#server.residentBytes();
  }

  /** A new process on the same data; `whileStopped` may change them. */
  async restart(whileStopped: (home: BenchHome) => void = () => {}): Promise<void> {
    this.#client.close();
    await this.#server.stop();
    whileStopped(this.home);
    this.#server = await ServerProcess.start(this.home.start);
    this.#client = await TurnClient.signIn(this.home.url, this.#server);
  }

  /** Runs turns on connections that each rotate over sessions of their own; returns turns per second. */
  async runTurns({ prefix, sessions, parallel, turns }: TurnLoad): Promise<number> {
    const startedAt = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: parallel }, async (_, worker) => {
        // Turns of one session would wait for each other.
        for (let round = 0; next < turns; round += 1) {
          next += 1;
          const session = (worker + round * parallel) % sessions;
          await this.#client.turn(`${prefix}${session}`, `message ${round}`);
        }
      }),
    );
    return turns / ((performance.now() - startedAt) / 1000);
  }

  async dispose(): Promise<void> {
    this.#client.close();
    await this.#server.stop();
    await this.model.stop();
    await this.home.dispose();
  }
}

export interface TurnLoad {
  /** How the keys of the sessions begin; a number follows. */
  readonly prefix: string;
  readonly sessions: number;
  readonly parallel: number;
  readonly turns: number;
}
