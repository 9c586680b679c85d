/**
 * Runs several generators beside one another: yields what each of them yields as it comes, and answers what they have
 * returned, in their order. When its consumer stops, or one of them throws, the others are told to stop, with `stopped` as
 * what they return.
 */
export async function* merged<T, R>(
  generators: readonly AsyncGenerator<T, R>[],
  stopped: R,
): AsyncGenerator<T, R[]> {
  const results = new Map<number, R>();
  const next = async (index: number, generator: AsyncGenerator<T, R>) => ({
    index,
    generator,
    step: await generator.next(),
  });
  const running = new Map(generators.map((generator, index) => [index, next(index, generator)]));
  try {
    while (running.size > 0) {
      const { index, generator, step } = await Promise.race(running.values());
      if (step.done) {
        running.delete(index);
        results.set(index, step.value);
      } else {
        running.set(index, next(index, generator));
        yield step.value;
      }
    }
  } finally {
    // Who is in the middle of something ends with that; nobody waits for what it would have said.
    const rest = [...running.values()];
    await Promise.allSettled([...rest, ...generators.map((one) => one.return(stopped))]);
  }
  return generators.map((_, index) => results.get(index) ?? stopped);
}
