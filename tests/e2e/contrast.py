"""How well icons stand out from what is behind them: axe-core looks at text only."""

# Icons that are shown with less than 3:1, and with how much.
FAINT_ICONS = """() => {
  const brush = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const pixel = (...colours) => {
    brush.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
    }
    return [...brush.getImageData(0, 0, 1, 1).data];
  };
  const behind = (part) => {
    const layers = [];
    for (let box = part; box; box = box.parentElement) {
      layers.unshift(getComputedStyle(box).backgroundColor);
      if (pixel(layers[0])[3] === 255) return layers;
    }
    return ["white", ...layers];
  };
  const light = ([...rgb]) => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
    const value = rgb[i] / 255;
    return sum + share * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  }, 0);
  const contrast = (icon) => {
    const layers = behind(icon);
    const [low, high] = [light(pixel(...layers)), light(pixel(...layers, getComputedStyle(icon).color))]
      .sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  return [...document.querySelectorAll(".icon")]
    .filter((icon) => icon.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter((icon) => !icon.closest(":disabled, [aria-disabled=true]") && contrast(icon) < 3)
    .map((icon) => `${icon.parentElement.outerHTML} ${contrast(icon)}`);
}"""
