/** IANA zones by the names people use. */

const COMMON: Readonly<Record<string, string>> = {
  utc: 'UTC',
  gmt: 'UTC',
  zulu: 'UTC',
  germany: 'Europe/Berlin',
  france: 'Europe/Paris',
  uk: 'Europe/London',
  england: 'Europe/London',
  japan: 'Asia/Tokyo',
  china: 'Asia/Shanghai',
  beijing: 'Asia/Shanghai',
  india: 'Asia/Kolkata',
  delhi: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  nyc: 'America/New_York',
  boston: 'America/New_York',
  washington: 'America/New_York',
  'san francisco': 'America/Los_Angeles',
  seattle: 'America/Los_Angeles',
  california: 'America/Los_Angeles',
};

/** The zone of a city or region, an IANA name as it is, or the text itself when nothing fits. */
export function timeZoneFor(place: string): string {
  const wanted = place.trim().replace(/^the /i, '').toLowerCase();
  const common = COMMON[wanted];
  if (common !== undefined) return common;
  const city = wanted.replace(/\s+/g, '_');
  const zones = Intl.supportedValuesOf('timeZone');
  const found = zones.find((zone) => zone.toLowerCase() === city || zone.toLowerCase().endsWith(`/${city}`));
  return found ?? place.trim();
}
