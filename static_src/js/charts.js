// Draws the figures: an element with data-chart="id" reads its option-lite from the JSON script of that id.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { chartOption } from "./chart-options.js";
import { matching, onContent } from "./page.js";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  TooltipComponent,
  VisualMapComponent,
]);

const drawn = new Map();

function draw(element) {
  const source = document.getElementById(element.dataset.chart);
  if (!source || drawn.has(element)) return;
  const data = JSON.parse(source.textContent);
  const chart = echarts.init(element, null, { renderer: "canvas" });
  chart.setOption(chartOption(data, element.dataset.title, element.clientWidth));
  chart.on("click", (params) => {
    const urls = data.urls || [];
    if (urls[params.dataIndex]) window.location.assign(urls[params.dataIndex]);
  });
  drawn.set(element, { chart, data });
  const sheet = element.closest("figure") && element.closest("figure").querySelector("[data-chart-sheet]");
  const token = document.querySelector('meta[name="csrf-token"]');
  // No form in the page: screens that many share are made once and kept, and hold nobody's token.
  if (sheet && token) {
    sheet.hidden = false;
    sheet.addEventListener("click", () =>
      send(sheet.dataset.chartSheet, { csrfmiddlewaretoken: token.content, title: element.dataset.title, data: source.textContent })
    );
  }
  const save = element.closest("figure") && element.closest("figure").querySelector("[data-chart-save]");
  if (save) {
    save.hidden = false;
    save.addEventListener("click", () => download(chart, element.dataset.title));
  }
}

function send(address, values) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of Object.entries(values)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

function download(chart, title) {
  const link = document.createElement("a");
  link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" });
  link.download = `${title}.png`;
  link.click();
}

function resizeAll() {
  for (const [element, { chart, data }] of drawn) {
    if (!element.isConnected) {
      chart.dispose();
      drawn.delete(element);
    } else if (element.clientWidth) {
      // At once: what is printed is the first picture of an animation.
      chart.setOption({ ...chartOption(data, element.dataset.title, element.clientWidth), animation: false }, true);
      chart.resize();
    }
  }
}

let resizing = 0;
window.addEventListener("resize", () => {
  window.clearTimeout(resizing);
  resizing = window.setTimeout(resizeAll, 120);
});
window.addEventListener("beforeprint", resizeAll);

onContent((root) => matching(root, "[data-chart]").forEach(draw));
