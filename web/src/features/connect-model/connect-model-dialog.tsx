/** How to replace the offline provider by a language model, in the ways the server reads. */
import { Dialog } from '../../ui/dialog.tsx';
import { CodeBlock } from '../../ui/markdown/code-block.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';

const ENVIRONMENT = `ANTHROPIC_API_KEY=sk-ant-… microclaw start
# or OPENAI_API_KEY, OPENROUTER_API_KEY`;

const CONFIG = `# microclaw.config.yaml
llm_provider: anthropic
api_key: env:ANTHROPIC_API_KEY`;

const LOCAL = `# microclaw.config.yaml
llm_provider: ollama
llm_base_url: http://127.0.0.1:11434/v1
model: llama3.2`;

export function ConnectModelDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Connect a language model" onClose={onClose} className="!w-[min(36rem,calc(100vw-2rem))]">
      <div className="flex flex-col gap-4 overflow-y-auto p-4">
        <p className="text-muted">
          Choose one way, then restart the server. Your chats, files and memory stay as they are.
        </p>
        <p>
          In the console: <SettingLink at="llm_provider" onOpen={onClose} />,{' '}
          <SettingLink at="api_key" onOpen={onClose} /> and <SettingLink at="model" onOpen={onClose} /> of the{' '}
          settings.
        </p>
        <Way title="A key in the environment" language="sh" code={ENVIRONMENT} />
        <Way title="In the configuration file" language="yaml" code={CONFIG} />
        <Way title="A model on this machine" language="yaml" code={LOCAL} />
      </div>
    </Dialog>
  );
}

function SettingLink({ at, onOpen }: { readonly at: string; readonly onOpen: () => void }) {
  return (
    <PlaceLink page="settings" at={at} onOpen={onOpen}>
      {at}
    </PlaceLink>
  );
}

interface WayProps {
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

function Way({ title, language, code }: WayProps) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium">{title}</h3>
      <CodeBlock code={code} language={language} />
    </section>
  );
}
