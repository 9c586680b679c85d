import { useId, useRef, useState } from 'react';
import { type CommentId, commentId } from '../../../protocol/ids.ts';
import type { Position } from '../../../protocol/positions.ts';
import { timeInWords } from '../model/format.ts';
import type { PageState } from '../model/state.ts';
import type { PageStore } from '../page-store.ts';
import { Avatar } from './avatar.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

export interface ThreadProps {
  readonly state: PageState;
  readonly store: PageStore;
  readonly position: Position;
}

/** How many comments are shown of a long thread, until somebody asks for the earlier ones. */
const latest = 20;

const newId = (): CommentId => commentId.parse(crypto.randomUUID());

/** What all readers of a position have said about it, the oldest first. */
export function Thread({ state, store, position }: ThreadProps) {
  const comments = state.threads.get(position.id);
  const [text, setText] = useState('');
  // Kept until the comment is there, so that a second try makes no second comment.
  const [id, setId] = useState(newId);
  const act = useAct();
  const field = useId();
  const [all, setAll] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const shown = comments && (all ? comments : comments.slice(-latest));
  const earlier = (comments?.length ?? 0) - (shown?.length ?? 0);
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
      <h3 id="thread">Comments{comments && comments.length > 0 && ` (${comments.length})`}</h3>
      {comments === undefined && <p className="nothing">Reading…</p>}
      {comments?.length === 0 && <p className="nothing">Nobody has said anything yet.</p>}
      {earlier > 0 && (
        <button
          type="button"
          className="earlier"
          onClick={() => {
            setAll(true);
            // The button goes away with the focus on it.
            list.current?.focus();
          }}
        >
          Show {earlier} earlier
        </button>
      )}
      {shown !== undefined && shown.length > 0 && (
        <ol ref={list} tabIndex={-1}>
          {shown.map((comment) => (
            <li key={comment.id} className={comment.user.id === state.me?.id ? 'own' : ''}>
              <Avatar user={comment.user.id} name={comment.user.display_name} />
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
