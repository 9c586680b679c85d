import { Problem } from '../problem.ts';
import { type PositionId, positionId } from '../protocol/ids.ts';
import { type Named, resolveRefs } from './refs.ts';

/** What the names of a running scenario stand for: users, positions, and what `as` has named so far. */
export class Names {
  readonly #named = new Map<string, Named>();
  readonly #labels = new Map<string, string>();

  user(name: string, url: string): void {
    this.#named.set(name, { whole: name, parts: { name, url } });
  }

  relay(url: string): void {
    this.#named.set('relay', { whole: url, parts: { url } });
  }

  position(name: string, id: PositionId, parts: object): void {
    this.#named.set(name, { whole: id, parts });
    this.#labels.set(id, name);
  }

  /** What an act answered, or the event that an expectation claimed. */
  as(name: string, value: unknown): void {
    this.#named.set(name, { whole: value, parts: value });
  }

  /** @throws Problem `unknown-ref` */
  resolve(value: unknown): unknown {
    return resolveRefs(value, (name) => this.#named.get(name));
  }

  /** @throws Problem `unknown-ref` */
  text(value: string): string {
    const resolved = this.resolve(value);
    return typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
  }

  /** The id of a position, from its name or a $ref. */
  idOf(name: string): PositionId {
    const found = name.startsWith('$') ? this.resolve(name) : this.#named.get(name)?.whole;
    const id = positionId.safeParse(found);
    if (!id.success) throw noPositionId(name);
    return id.data;
  }

  /** What the file calls a position, or its id where the file has no name for it. */
  labelOf(id: string): string {
    return this.#labels.get(id) ?? id;
  }
}

const noPositionId = (name: string) =>
  new Problem({ code: 'no-position', message: `"${name}" is no id of a position.`, exit: 1 });
