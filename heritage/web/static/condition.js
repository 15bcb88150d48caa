// The date of a site's condition, made one to move through by a slider. Without
// this file the form still asks for any date.
{
  const form = document.querySelector("form[data-stops]");
  const stops = form ? form.dataset.stops.split(" ").filter(Boolean) : [];
  let asked = null;

  const addressOf = (day) => {
    const address = new URL(location.href);
    address.searchParams.set("on", day);
    address.hash = "";
    return address;
  };

  const follow = async (day) => {
    asked?.abort();
    asked = new AbortController();
    const address = addressOf(day);
    const places = [...document.querySelectorAll("[data-follows]")];
    for (const place of places) place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const place of places) {
        const found = page.getElementById(place.id);
        if (found) place.replaceChildren(...found.childNodes);
        place.removeAttribute("aria-busy");
      }
      history.replaceState(null, "", address);
      form.dataset.shown = day;
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit();
    }
  };

  const slider = (field) => {
    const frame = document.createElement("span");
    frame.className = "slide";
    const range = document.createElement("input");
    range.type = "range";
    range.id = "slide";
    range.min = "0";
    range.max = String(stops.length - 1);
    range.setAttribute("aria-label", form.dataset.words);
    const nearest = (day) => Math.max(0, stops.findLastIndex((stop) => stop <= day));
    const tell = () => range.setAttribute("aria-valuetext", field.value);
    range.value = String(nearest(field.value || stops.at(-1)));
    tell();
    let waiting;
    range.addEventListener("input", () => {
      field.value = stops[Number(range.value)];
      tell();
      clearTimeout(waiting);
      waiting = setTimeout(() => follow(field.value), 120);
    });
    field.addEventListener("change", () => {
      if (!field.value) return;
      range.value = String(nearest(field.value));
      tell();
      follow(field.value);
    });
    frame.append(range);
    return frame;
  };

  if (stops.length > 1) {
    form.append(slider(form.querySelector("input[type=date]")));
    form.dataset.ready = "yes";
  }
}
