import { config } from 'zod';

// Zod writes parsers with `new Function`, which the policy of this page forbids. It decides when a schema is made, so
// this module is imported before any other.
config({ jitless: true });
