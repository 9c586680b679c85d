import { useId, useState } from 'react';
import { type CommentId, commentId } from '../../../protocol/ids.ts';
import type { Position } from '../../../protocol/positions.ts';
import { timeInWords } from '../model/format.ts';
import type { PageState } from '../model/state.ts';
import type { PageStore } from '../page-store.ts';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

export interface ThreadProps {
  readonly state: PageState;
  readonly store: PageStore;
  readonly position: Position;
}

const newId = (): CommentId => commentId.parse(crypto.randomUUID());

/** What all readers of a position have said about it, the oldest first. */
export function Thread({ state, store, position }: ThreadProps) {
  const comments = state.threads.get(position.id);
  const [text, setText] = useState('');
  // Kept until the comment is there, so that a second try makes no second comment.
  const [id, setId] = useState(newId);
  const act = useAct();
  const field = useId();
  const now = new Date();

  const write = async () => {
    const words = text.trim();
    if (words === '' || act.busy) return;
    if (!(await act.run(() => store.comment(position.id, words, id)))) return;
    setText('');
    setId(newId());
  };

  return (
    <section aria-labelledby="thread" className="thread">
      <h3 id="thread">Comments</h3>
      {comments === undefined && <p className="nothing">Reading…</p>}
      {comments?.length === 0 && <p className="nothing">Nobody has said anything yet.</p>}
      {comments !== undefined && comments.length > 0 && (
        <ol>
          {comments.map((comment) => (
            <li key={comment.id}>
              <p className="facts">
                <span className="name">
                  {comment.user.id === state.me?.id ? 'You' : comment.user.display_name}
                </span>
                <time dateTime={comment.created_at}>{timeInWords(comment.created_at, now)}</time>
              </p>
              <p className="text">{comment.text}</p>
            </li>
          ))}
        </ol>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void write();
        }}
      >
        <label htmlFor={field}>Your comment</label>
        <textarea
          id={field}
          value={text}
          rows={2}
          maxLength={4000}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void write();
          }}
        />
        <div className="buttons">
          <button type="submit" className="main" aria-disabled={act.busy}>
            Comment
          </button>
          <span className="facts">Everybody who can see the position reads it. Ctrl and Enter sends it.</span>
        </div>
        <Refusal words={act.refusal} />
      </form>
    </section>
  );
}
