import { z } from 'zod';
import { backendUrl } from './handshake.ts';
import { userId } from './ids.ts';
import { tlsFiles } from './tls-files.ts';

/** What one user's page is told by its own host, and by nobody else: whose it is, its backend, and a token for that. */
export const pageSession = z.object({
  user_id: userId,
  display_name: z.string(),
  backend_url: backendUrl,
  /** The owner's, good for some minutes; the host always has a newer one. */
  token: z.string(),
});
export type PageSession = z.infer<typeof pageSession>;

/** Where a page asks for its session, at its own origin. */
export const pageSessionPath = '/session.json';

/** Everything that the process needs which serves the pages of all users, each on a port of its own. */
export const pagesConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** With them it speaks TLS. */
  tls: tlsFiles.optional(),
  pages: z.array(
    z.strictObject({
      user_id: userId,
      /** 0 takes any free port. */
      port: z.int().min(0).max(65_535),
      /** Holds the page's session; there as soon as the backend is, and written anew before its token ends. */
      session_file: z.string().min(1),
    }),
  ),
});
export type PagesConfig = z.infer<typeof pagesConfig>;
