/** The feedback form after the call, which can be skipped. */

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon";
import { type FieldErrors, type Page, Refused, sendFeedback } from "../page";
import { type Key, t } from "../words";

const STARS: Key[] = ["star1", "star2", "star3", "star4", "star5"];

interface FeedbackProps {
  page: Page;
  /** Sent or skipped. */
  onDone: (isSent: boolean) => void;
}

export function Feedback({ page, onDone }: FeedbackProps) {
  const { rating, comments, errors, isSending, send } = useFeedbackForm(page, onDone);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors.value]);
  return (
    <form ref={form} class="stack feedback" onSubmit={(event) => void send(event)} noValidate>
      <h2 class="question">{t("howWasIt")}</h2>
      <Stars value={rating} errors={errors.value.rating} />
      <Comments value={comments} errors={errors.value.comments} />
      <Problem id="feedback-problem" sentences={errors.value.form} />
      <div class="row">
        <button type="submit" class="primary" disabled={isSending.value}>
          {isSending.value ? t("sending") : t("sendFeedback")}
        </button>
        <button type="button" class="plain" onClick={() => onDone(false)}>
          {t("skip")}
        </button>
      </div>
    </form>
  );
}

/** The form's state. Further clicks while it is being sent are ignored. */
function useFeedbackForm(page: Page, onDone: FeedbackProps["onDone"]) {
  const rating = useSignal("");
  const comments = useSignal("");
  const errors = useSignal<FieldErrors>({});
  const isSending = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isSending.value) return;
    errors.value = validate(rating.value, comments.value);
    if (Object.keys(errors.value).length) return;
    isSending.value = true;
    try {
      await sendFeedback(page, rating.value, comments.value.trim());
      onDone(true);
    } catch (reason) {
      errors.value = errorsOf(reason);
    } finally {
      isSending.value = false;
    }
  };
  return { rating, comments, errors, isSending, send };
}

interface FieldProps {
  value: Signal<string>;
  errors?: string[];
}

function Stars({ value, errors }: FieldProps) {
  return (
    <fieldset class="stars" aria-describedby="rating-problem">
      <legend class="label">{t("yourRating")}</legend>
      <div class="row-of-stars">
        {STARS.map((name, number) => (
          <Star key={name} name={name} stars={String(number + 1)} value={value} errors={errors} />
        ))}
      </div>
      <Problem id="rating-problem" sentences={errors} />
    </fieldset>
  );
}

function Star({ name, stars, value, errors }: FieldProps & { name: Key; stars: string }) {
  return (
    <label>
      <Icon name="star" />
      <span class="only-read">{t(name)}</span>
      <input
        type="radio"
        name="rating"
        value={stars}
        required
        aria-invalid={!!errors}
        checked={value.value === stars}
        onChange={() => {
          value.value = stars;
        }}
      />
    </label>
  );
}

function Comments({ value, errors }: FieldProps) {
  return (
    <>
      <label for="comments">{t("yourComments")}</label>
      <textarea
        id="comments"
        rows={3}
        maxLength={2000}
        required
        aria-invalid={!!errors}
        aria-describedby="comments-problem"
        value={value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <Problem id="comments-problem" sentences={errors} />
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

/** Client-side validation. */
export function validate(rating: string, comments: string): FieldErrors {
  return {
    ...(rating ? {} : { rating: [t("ratingNeeded")] }),
    ...(comments.trim() ? {} : { comments: [t("commentsNeeded")] }),
  };
}

/** The server's errors by field, else one for the form. */
export function errorsOf(reason: unknown): FieldErrors {
  if (!(reason instanceof Refused)) throw reason;
  return Object.keys(reason.fields).length ? reason.fields : { form: [reason.detail] };
}
