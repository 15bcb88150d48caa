// The map that the server drew, made one to move about in. Without this file
// the picture stays; nothing is asked of any host but our own, unless a tile
// server was configured.
{
  const FINE_FROM_ZOOM = 4;
  const MANY = 300; // marks, above which the lesser ones are drawn smaller
  const CLOSEST = 9; // beyond it, land outlines say nothing
  const CLOSEST_WITH_TILES = 18;

  const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

  const landStyle = (element) => ({
    fillColor: colour(element, "--land"), fillOpacity: 1, weight: 0.6, color: colour(element, "--shore"),
  });

  const pointsOf = (picture) => [...picture.querySelectorAll("a[data-at]")].map((anchor) => {
    const [longitude, latitude] = anchor.dataset.at.split(" ").map(Number);
    return {
      at: [latitude, longitude],
      href: anchor.getAttribute("href"),
      title: anchor.querySelector("title").textContent,
      danger: anchor.classList.contains("danger"),
      damaged: anchor.classList.contains("damaged"),
      box: anchor.dataset.box?.split(" ").map(Number),
      stands: [...anchor.querySelectorAll(".disc")].map((layer) => layer.getAttribute("class")),
      area: anchor.querySelector(".area")?.getAttribute("d"),
    };
  });

  const marker = (L, point) => {
    const link = document.createElement("a");
    link.href = point.href;
    link.tabIndex = -1;
    link.setAttribute("aria-label", point.title);
    const mark = document.createElement("i");
    if (point.stands.length) {
      mark.className = `stand-mark${point.danger ? " danger" : ""}`;
      for (const layer of point.stands) mark.append(Object.assign(document.createElement("i"), { className: layer }));
    } else mark.className = `mark${point.danger ? " danger" : ""}${point.damaged ? " damaged" : ""}`;
    link.append(mark);
    const label = document.createElement("bdi");
    label.textContent = point.title;
    return L.marker(point.at, {
      icon: L.divIcon({ className: "point", html: link, iconSize: [24, 24] }),
      keyboard: false,
      zIndexOffset: point.danger ? 2000 : point.damaged ? 1000 : 0,
    }).bindTooltip(label, { direction: "top", offset: [0, -8] });
  };

  // How exactly a position is known, from the outline in the picture.
  const areaOf = (L, frame, path) => L.polygon(
    path.split("M").slice(1).map((ring) => ring.replace("Z", "").split("L").map((point) => {
      const [x, y] = point.split(" ").map(Number);
      return [-y, x];
    })),
    { interactive: false, weight: 1.5, color: colour(frame, "--mark"), fillOpacity: 0.18 },
  );

  const readLand = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  };

  const drawLand = (L, map, frame, outlines) => L.geoJSON(outlines, {
    interactive: false, renderer: L.canvas({ padding: 0.5 }), style: landStyle(frame),
  }).addTo(map);

  const enhance = async (frame) => {
    // The picture stays until everything that takes its place is at hand.
    const [L, outlines] = await Promise.all([import(frame.dataset.leaflet), readLand(frame.dataset.land)]);
    const picture = frame.querySelector("svg");
    const points = pointsOf(picture);
    const canvas = document.createElement("div");
    canvas.className = `leaflet-frame${points.length > MANY ? " many" : ""}`;
    frame.append(canvas);
    frame.classList.add("alive");
    const map = L.map(canvas, {
      worldCopyJump: true, zoomSnap: 0.25, minZoom: 0, scrollWheelZoom: false,
      maxZoom: frame.dataset.tiles ? CLOSEST_WITH_TILES : CLOSEST,
    });
    map.attributionControl.setPrefix(false).addAttribution(frame.dataset.naturalEarth);
    const zoom = Number(frame.dataset.zoom);
    const [west, south, east, north] = points[0]?.box ?? [];
    if (zoom && points[0]?.box) map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: CLOSEST });
    else if (zoom && points.length) map.setView(points[0].at, zoom);
    else if (points.length > 1) map.fitBounds(points.map((point) => point.at), { padding: [12, 12], maxZoom: 5 });
    else map.setView(points.length ? points[0].at : [20, 20], 1.5);
    map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
    for (const point of points) marker(L, point).addTo(map);
    for (const point of points) if (point.area) areaOf(L, frame, point.area).addTo(map);

    let land = drawLand(L, map, frame, outlines);
    let fine = false;
    const refine = async () => {
      if (fine || map.getZoom() < FINE_FROM_ZOOM) return;
      fine = true;
      const finer = drawLand(L, map, frame, await readLand(frame.dataset.fineLand));
      land.remove();
      land = finer;
    };
    map.on("zoomend", refine);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => land.setStyle(landStyle(frame)));
    await refine();
    if (frame.dataset.tiles) L.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.credit }).addTo(map);
    frame.dataset.ready = "yes";
  };

  for (const frame of document.querySelectorAll("[data-map]")) {
    enhance(frame).catch((error) => console.warn("The map stays a picture:", error));
  }
}
