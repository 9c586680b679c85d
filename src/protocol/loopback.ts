/** Whether a host to listen on, or to dial, is this machine and nobody else. Brackets around IPv6 are fine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
