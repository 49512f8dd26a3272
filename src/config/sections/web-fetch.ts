/** Keys of the tools that read the web: what they may open, what they may return, where they search. */
import { z } from 'zod';
import { keyedObject, requiredKey } from '../keyed-object.ts';
import {
  block,
  choice,
  count,
  countOrDefault,
  flag,
  mapped,
  optionalSecret,
  optionalText,
  section,
  textList,
  withDefault,
} from '../schema-types.ts';

const DEFAULT_SCHEMES = ['https', 'http'] as const;
const DEFAULT_SEARCH_RESULTS = 8;
const MAX_SEARCH_RESULTS = 20;

const schemes = () =>
  z
    .array(z.string().trim().toLowerCase())
    .transform((given) => (given.length === 0 ? [...DEFAULT_SCHEMES] : given));

const searchResults = count(
  `Results of one search; 0 means the default, more than ${MAX_SEARCH_RESULTS} means ${MAX_SEARCH_RESULTS}.`,
  DEFAULT_SEARCH_RESULTS,
);

const feedSource = () =>
  keyedObject({
    enabled: flag('Uses this source.', true),
    mode: choice('Which list the entries extend.', ['denylist', 'allowlist'], 'denylist'),
    url: requiredKey(() =>
      z
        .string()
        .trim()
        .meta({
          description:
            'Address of the list, or `inline:` followed by the list itself. The address must be public unless its host is ' +
            'in `allowlist_hosts`. A blank one is dropped.',
        }),
    ),
    format: choice(
      '`lines`: one host or URL per line. `csv_first_column`: the text before the first comma.',
      ['lines', 'csv_first_column'],
      'lines',
    ),
    refresh_interval_secs: countOrDefault('Age at which the list is read again.', 3600, { max: 31_536_000 }),
    timeout_secs: countOrDefault('Limit of one request for the list.', 10, { max: 600 }),
  });

const feedSync = block(
  'Host lists read from elsewhere. They extend `allowlist_hosts` and `denylist_hosts`.',
  {
    enabled: flag('Reads the lists.', false),
    fail_open: flag(
      'What a list that was never read means: `true`: it is empty; `false`: `web_fetch` refuses every address. An ' +
        'allowlist that was never read permits nothing in either case.',
      true,
    ),
    max_entries_per_source: countOrDefault('Different entries used of one list.', 10_000, { max: 1_000_000 }),
    sources: withDefault(
      () => z.array(feedSource()).transform((sources) => sources.filter((source) => source.url !== '')),
      () => [],
      { description: 'The lists.' },
    ),
  },
);

/** Section of `web_fetch` and `web_search`. */
export const webFetchSection = section(
  'Web tools',
  'Addresses are judged before a connection is made, texts before the model sees them.',
  {
    web_fetch_url_validation: block('Which addresses `web_fetch` may open.', {
      enabled: flag('Checks scheme and hosts. The check for private addresses stays on without it.', true),
      allowed_schemes: withDefault(schemes, () => [...DEFAULT_SCHEMES], {
        description: 'Schemes; an empty list means the default.',
      }),
      allowlist_hosts: textList(
        'When not empty, only these hosts and their subdomains. They may have private addresses.',
      ),
      denylist_hosts: textList('Never these hosts and their subdomains.'),
      block_private_ips: flag('Refuses addresses of this machine and of private networks.', true),
      feed_sync: feedSync,
    }),
    web_fetch_validation: block('Looks for text that tries to instruct the model.', {
      enabled: flag('Checks pages and search results.', true),
      strict_mode: flag(
        'Any match counts. Without it, one of low confidence needs another one beside it.',
        true,
      ),
      max_scan_bytes: countOrDefault('Bytes checked of one text.', 100_000),
      action: choice(
        '`block`: the text is refused. `warn`: it is returned below a banner that names the rules.',
        ['block', 'warn'],
        'block',
      ),
      trusted_hosts: textList('Hosts and their subdomains whose pages are treated as with `warn`.'),
    }),
    web_search: block('Where `web_search` asks.', {
      backend: choice(
        'Who is asked. One that fails, or lacks its key or address, is replaced by DuckDuckGo.',
        ['duckduckgo', 'searxng', 'brave', 'tavily'],
        'duckduckgo',
      ),
      searxng_base_url: optionalText('Address of a SearXNG server that answers with JSON; may be private.'),
      brave_api_key: optionalSecret('Key of the Brave search API.'),
      tavily_api_key: optionalSecret('Key of the Tavily search API.'),
      max_results: mapped(searchResults, (given) =>
        Math.min(given === 0 ? DEFAULT_SEARCH_RESULTS : given, MAX_SEARCH_RESULTS),
      ),
    }),
  },
);
