/** How was it? Asked once after the call, and it may be skipped. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { type Page, Refused, sendFeedback, type Wrong } from "../page";
import { type Key, say } from "../words";

const STARS: Key[] = ["star1", "star2", "star3", "star4", "star5"];

interface FeedbackProps {
  page: Page;
  /** Sent or skipped. */
  onDone: (isSent: boolean) => void;
}

export function Feedback({ page, onDone }: FeedbackProps) {
  const { rating, comments, wrong, isSending, send } = useAnswer(page, onDone);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong.value]);
  return (
    <form ref={form} class="stack feedback" onSubmit={(event) => void send(event)} noValidate>
      <h2 class="question">{say("howWasIt")}</h2>
      <Stars value={rating} wrong={wrong.value.rating} />
      <Comments value={comments} wrong={wrong.value.comments} />
      <Problem id="feedback-problem" sentences={wrong.value.form} />
      <div class="row">
        <button type="submit" class="primary" disabled={isSending.value}>
          {isSending.value ? say("sending") : say("sendFeedback")}
        </button>
        <button type="button" class="plain" onClick={() => onDone(false)}>
          {say("skip")}
        </button>
      </div>
    </form>
  );
}

/** What was filled in, what is wrong with it, and sending it: once, however often that is clicked. */
function useAnswer(page: Page, onDone: FeedbackProps["onDone"]) {
  const rating = useSignal("");
  const comments = useSignal("");
  const wrong = useSignal<Wrong>({});
  const isSending = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isSending.value) return;
    wrong.value = missing(rating.value, comments.value);
    if (Object.keys(wrong.value).length) return;
    isSending.value = true;
    try {
      await sendFeedback(page, rating.value, comments.value.trim());
      onDone(true);
    } catch (reason) {
      wrong.value = fieldsOf(reason);
    } finally {
      isSending.value = false;
    }
  };
  return { rating, comments, wrong, isSending, send };
}

interface FieldProps {
  value: Signal<string>;
  wrong?: string[];
}

function Stars({ value, wrong }: FieldProps) {
  return (
    <fieldset class="stars" aria-describedby="rating-problem">
      <legend class="label">{say("yourRating")}</legend>
      <div class="row-of-stars">
        {STARS.map((name, number) => (
          <Star key={name} name={name} stars={String(number + 1)} value={value} wrong={wrong} />
        ))}
      </div>
      <Problem id="rating-problem" sentences={wrong} />
    </fieldset>
  );
}

function Star({ name, stars, value, wrong }: FieldProps & { name: Key; stars: string }) {
  return (
    <label>
      <Icon name="star" />
      <span class="only-read">{say(name)}</span>
      <input
        type="radio"
        name="rating"
        value={stars}
        required
        aria-invalid={!!wrong}
        checked={value.value === stars}
        onChange={() => {
          value.value = stars;
        }}
      />
    </label>
  );
}

function Comments({ value, wrong }: FieldProps) {
  return (
    <>
      <label for="comments">{say("yourComments")}</label>
      <textarea
        id="comments"
        rows={3}
        maxLength={2000}
        required
        aria-invalid={!!wrong}
        aria-describedby="comments-problem"
        value={value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <Problem id="comments-problem" sentences={wrong} />
    </>
  );
}

function Problem({ id, sentences }: { id: string; sentences?: string[] }) {
  return (
    <p id={id} class="small wrong-field" role="alert">
      {sentences?.join(" ")}
    </p>
  );
}

/** What the form can tell by itself. */
export function missing(rating: string, comments: string): Wrong {
  return {
    ...(rating ? {} : { rating: [say("ratingNeeded")] }),
    ...(comments.trim() ? {} : { comments: [say("commentsNeeded")] }),
  };
}

/** Sentences at the fields where the server named some, else one for the form. */
export function fieldsOf(reason: unknown): Wrong {
  if (!(reason instanceof Refused)) throw reason;
  return Object.keys(reason.fields).length ? reason.fields : { form: [reason.detail] };
}
