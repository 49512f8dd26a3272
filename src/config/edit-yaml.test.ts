import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editYaml } from './edit-yaml.ts';
import { readYaml } from './yaml-source.ts';

/** The text after its values were changed by `change`. */
async function changed(text: string, change: (tree: Record<string, unknown>) => void): Promise<string> {
  const { value } = await readYaml(text);
  const next = structuredClone(value) as Record<string, unknown>;
  change(next);
  const edited = await editYaml(text, value as Record<string, unknown>, next);
  expect((await readYaml(edited)).value).toEqual(next);
  return edited;
}

const HANDWRITTEN = `# mine
data_dir:   /srv/data   # a disk of its own

# who may do what
tool_policy:
    mode: block   # strict
    deny_tools: [bash,  write_file]
model_prices:
- model: a   # cheap
  input_per_million_usd: 1.50
  output_per_million_usd: 0x10
# the end
`;

describe('a changed text keeps', () => {
  it('every line that was not changed, as it was written', async () => {
    const text = await changed(HANDWRITTEN, (tree) => {
      tree.model = 'x';
      tree.data_dir = '/srv/other';
    });
    expect(text).toBe(
      HANDWRITTEN.replace('data_dir:   /srv/data   # a', 'data_dir: /srv/other # a').replace(
        '0x10\n',
        '0x10\nmodel: x\n',
      ),
    );
  });

  it('the rest when a key goes, and the comments of others', async () => {
    const text = await changed(HANDWRITTEN, (tree) => {
      delete tree.data_dir;
    });
    expect(text).toBe(HANDWRITTEN.replace(/data_dir.*\n/, ''));
  });

  it('line ends of Windows and the mark at its beginning', async () => {
    const text = await changed('\uFEFF# c\r\nweb_port: 1\r\n\r\n# m\r\nmodel:  a\r\n# end', (tree) => {
      tree.web_port = 2;
      tree.max_tokens = 4;
    });
    expect(text).toBe('\uFEFF# c\r\nweb_port: 2\r\n\r\n# m\r\nmodel:  a\r\nmax_tokens: 4\r\n# end');
  });

  it('comments that the printer would move', async () => {
    const text = await changed('a:\n  b:   1\n  # in a\n# before c\nc:   1\n', (tree) => {
      tree.a = { b: 2 };
    });
    expect(text).toBe('a:\n  b: 2\n  # in a\n# before c\nc:   1\n');
  });

  it.each([
    ['# web_port: 1\n\n# more', '# web_port: 1\n\n# more\na: 3\n'],
    ['---\n# hi\n', '---\n# hi\na: 3\n'],
    ['', 'a: 3\n'],
    ['null\n', 'a: 3\n'],
    ['{b: 1}\n', '{b: 1, a: 3}\n'],
  ])('its comments where there is nothing else: %j', async (before, after) => {
    const text = await changed(before, (tree) => {
      tree.a = 3;
    });
    expect(text).toBe(after);
  });
});

const WAYS_TO_WRITE = [
  'KEY:   1   # one\n',
  '# in front\nKEY: "a # b"\n',
  '\n# apart\n\n# and in front\nKEY: 0x1F\n',
  'KEY:\n- a   # first\n-  b\n',
  'KEY:\n     - a\n     # between\n     - {x: 1,  y: [2,3]}\n     # last\n',
  'KEY: |\n   # no comment\n   text\n',
  "KEY: 'it''s'\n",
  'KEY:\n  # inside\n  deep:  {a: 1}\n  deeper:\n      x:    ~\n',
];

it('whatever the file looks like, a new key adds its line and changes no other byte', async () => {
  const files = fc.array(fc.constantFrom(...WAYS_TO_WRITE), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(files, fc.constantFrom('\n', '\r\n'), async (blocks, lineEnd) => {
      const text = blocks.map((block, index) => block.replace('KEY', `key${index}`)).join('');
      const before = `# top\n\n${text}`.replaceAll('\n', lineEnd);
      const after = await changed(before, (tree) => {
        tree.added = 1;
      });
      expect(after).toBe(`${before}added: 1${lineEnd}`);
    }),
  );
});

it('an alias keeps its value when what it stands for is changed, and can be changed itself', async () => {
  const text = 'x: &x {mode: block}\ny: *x\nz: *x\n';
  await changed(text, (tree) => {
    tree.x = { mode: 'off' };
  });
  await changed(text, (tree) => {
    tree.y = { mode: 'off' };
  });
});
