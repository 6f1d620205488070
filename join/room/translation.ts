/**
 * Browsers that translate a page put other nodes in the place of its texts. Preact would go on changing the nodes
 * that it made, which nobody sees any more: a button would say "Unmute" while its owner is heard. So each text is
 * the only child of an element of its own, which is replaced as a whole when the text changes. Imported first.
 */

import { type ComponentChild, Fragment, h, options, type VNode } from "preact";

/** Names and keys, which are not translated. */
const VERBATIM = ["bdi", "kbd"];
/** Contain text only, or set it as an attribute. */
const BARE = ["option", "textarea", "title"];

const before = options.vnode;

options.vnode = (vnode: VNode) => {
  before?.(vnode);
  const { type, props } = vnode;
  if (type !== Fragment && (typeof type !== "string" || type === WRAPPER || BARE.includes(type)))
    return;
  if (VERBATIM.includes(type as string)) Object.assign(props, { translate: "no" });
  if (props.children !== undefined) props.children = wrapped(props.children as ComponentChild);
};

/** What translators use themselves; no style sheet of ours knows it. */
const WRAPPER = "font";

function wrapped(child: ComponentChild | ComponentChild[]): ComponentChild {
  if (Array.isArray(child)) return child.map(wrapped) as ComponentChild;
  return typeof child === "string" || typeof child === "number"
    ? h(WRAPPER, { key: child }, child)
    : (child as ComponentChild);
}
