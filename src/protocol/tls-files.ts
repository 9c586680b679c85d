import { z } from 'zod';

/** Where a server finds its certificate (the chain, its own first) and the key of it, both in PEM. */
export const tlsFiles = z.strictObject({ cert_file: z.string().min(1), key_file: z.string().min(1) });
export type TlsFiles = z.infer<typeof tlsFiles>;
