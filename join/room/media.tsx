/** Video and audio elements with LiveKit tracks attached. */

import type { Track } from "livekit-client";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Video({ track, isMirrored }: { track: Track; isMirrored: boolean }) {
  const element = useRef<HTMLVideoElement>(null);
  useAttached(track, element);
  return (
    <video
      ref={element}
      class={isMirrored ? "mirrored" : ""}
      autoplay
      playsInline
      muted
      onLoadedMetadata={markUpright}
      onResize={markUpright}
    />
  );
}

/** The picture of a phone that is held upright, also when it is turned meanwhile: it is shown whole. */
function markUpright({ currentTarget: video }: { currentTarget: HTMLVideoElement }): void {
  video.dataset.upright = String(video.videoHeight > video.videoWidth);
}

export function Sound({ track }: { track: Track }) {
  const element = useRef<HTMLAudioElement>(null);
  useAttached(track, element);
  // biome-ignore lint/a11y/useMediaCaption: people talking live have no captions to show
  return <audio ref={element} autoplay />;
}

function useAttached(track: Track, element: { current: HTMLMediaElement | null }) {
  useLayoutEffect(() => {
    const media = element.current;
    if (!media) return;
    track.attach(media);
    return () => {
      track.detach(media);
    };
  }, [track, element]);
}
