/** What stands in place of a secret. */
export const redacted = '[redacted]';

/** `a.b.c` in base64url that begins as a JWT's header does. */
const jwt = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;
const authorization = /\b(bearer|basic)\s+[^\s"',]+/gi;
/** In a query, a header or JSON: `token=…`, `"auth_token":"…"`. */
const named =
  /((?:[a-z_]*token|[a-z_]*secret|password|[a-z]*_key|authorization)["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi;
/** `redis://user:password@host`. */
const inUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]+(?=@)/gi;

/** Shorter ones are words that stand anywhere. */
const shortestSecret = 8;

/**
 * Makes what takes secrets out of a line: those that are known here, and whatever looks like a token, a credential or a
 * password, wherever it came from.
 */
export function redactor(secrets: readonly (string | undefined)[]): (line: string) => string {
  const known = secrets.filter((one): one is string => one !== undefined && one.length >= shortestSecret);
  const encoded = known.map((one) => JSON.stringify(one).slice(1, -1));
  return (line) => {
    let text = line;
    for (const secret of [...known, ...encoded]) text = text.replaceAll(secret, redacted);
    return text
      .replace(jwt, redacted)
      .replace(authorization, `$1 ${redacted}`)
      .replace(inUrl, `$1${redacted}`)
      .replace(named, (whole, name: string) => (whole.includes(redacted) ? whole : `${name}${redacted}`));
  };
}

/** The values of an environment whose names say that they are secret. */
export const secretsOf = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    value && /TOKEN|SECRET|PASSWORD|_KEY$/.test(name) && !/FILE|URL|TLS_KEY/.test(name) ? [value] : [],
  );
