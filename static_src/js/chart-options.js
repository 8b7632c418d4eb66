// Turns {type, categories, series: [{name, data}], unit} into what ECharts draws.

// Okabe–Ito's colours in an order that also differs in lightness, tuned to stand on white.
export const PALETTE = ["#1b57a3", "#d1702a", "#1c8a6b", "#8d5a97", "#a88600", "#4a98c9", "#a01f26", "#5b6675"];
const DECALS = ["rect", "line", "circle", "triangle", "diamond", "arrow"];
const INK = "#3a4656";
const SOFT = "#556171";
const LINE = "#dde2e9";
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';

function written(value, unit) {
  if (value === null || value === undefined || value === "-") return "—";
  if (unit === "%") return `${(value * 100).toFixed(1)}%`;
  return `${Number(value).toLocaleString("zh-CN")}${unit ? ` ${unit}` : ""}`;
}

function axisNumber(value, unit) {
  if (unit === "%") return `${Math.round(value * 100)}%`;
  return Math.abs(value) >= 10000 ? `${value / 10000}万` : value.toLocaleString("zh-CN");
}

const LEGEND_TEXT = 13;
const LEGEND_MARK = 16 + 5 + 10;
const LEGEND_LINE = 23;

// How many lines the legend takes: in a narrow chart it wraps, and the drawing begins below it.
function legendLines(data, width) {
  let lines = 1;
  let taken = 0;
  for (const { name } of data.series) {
    const wide = LEGEND_MARK + [...name].length * LEGEND_TEXT;
    if (taken && taken + wide > width) {
      lines += 1;
      taken = 0;
    }
    taken += wide;
  }
  return lines;
}

function topOf(data, width) {
  return data.series && data.series.length > 1 ? 17 + LEGEND_LINE * legendLines(data, width) : 16;
}

function base(data, title, width) {
  return {
    color: PALETTE,
    animationDuration: 300,
    textStyle: { fontFamily: FONT, color: INK, fontSize: 13 },
    aria: { enabled: true, label: { general: { withTitle: `${title}。` } } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      axisPointer: { type: data.type === "line" ? "line" : "shadow" },
      valueFormatter: (value) => written(value, data.unit),
    },
    grid: { left: 8, right: 20, top: topOf(data, width), bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
  };
}

function legend(data) {
  if (data.series.length < 2) return undefined;
  return { type: "plain", top: 0, left: 0, icon: data.type === "line" ? undefined : "roundRect", itemWidth: 16, itemHeight: 10, textStyle: { color: INK } };
}

function categoryAxis(data, isVertical) {
  return {
    type: "category",
    data: data.categories,
    inverse: isVertical,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    axisLabel: { color: SOFT, interval: isVertical || data.type === "bar" || data.type === "stack" ? 0 : "auto", width: isVertical ? 110 : undefined, overflow: isVertical ? "truncate" : undefined },
  };
}

function valueAxis(data) {
  return {
    type: "value",
    max: data.unit === "%" ? 1 : undefined,
    interval: data.unit === "%" ? 0.25 : undefined,
    minInterval: data.unit === "%" ? undefined : 1,
    splitNumber: 4,
    splitLine: { lineStyle: { color: "#edf0f4" } },
    axisLabel: { color: SOFT, formatter: (value) => axisNumber(value, data.unit) },
  };
}

function lineSeries(data) {
  const symbols = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
  return data.series.map((line, index) => ({
    type: "line",
    name: line.name,
    data: line.data,
    symbol: symbols[index % symbols.length],
    symbolSize: 7,
    connectNulls: false,
    lineStyle: { width: 2, type: line.dashed ? "dashed" : "solid" },
  }));
}

function barSeries(data, isVertical) {
  const isStack = data.type === "stack";
  return data.series.map((line, index) => ({
    type: "bar",
    name: line.name,
    data: line.data,
    stack: isStack ? "all" : undefined,
    barMaxWidth: 28,
    itemStyle: {
      borderRadius: isStack ? 0 : isVertical ? [0, 3, 3, 0] : [3, 3, 0, 0],
      decal: isStack && index ? { symbol: DECALS[index % DECALS.length], symbolSize: 0.6, color: "rgba(255,255,255,.28)", dashArrayX: [1, 0], dashArrayY: [3, 5], rotation: (index * Math.PI) / 5 } : undefined,
    },
    label: {
      show: !isStack && data.series.length === 1 && data.categories.length <= 20,
      position: isVertical ? "right" : "top",
      color: INK,
      formatter: ({ value }) => written(value, data.unit),
    },
  }));
}

/** Rows of labelled squares, one per unit and period or step: categories × series, coloured by share. */
function tiles(data, title, width) {
  const cells = [];
  data.series.forEach((line, row) => line.data.forEach((value, column) => cells.push([column, row, value === null ? "-" : value])));
  return {
    ...base(data, title),
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ value }) => `${data.series[value[1]].name}　${data.categories[value[0]]}\n${written(value[2], data.unit)}`,
    },
    grid: { left: 8, right: 12, top: 8, bottom: 44, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...categoryAxis(data, false), position: "top", axisLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: data.series.map((line) => line.name), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: INK } },
    visualMap: {
      min: 0,
      max: data.unit === "%" ? 1 : Math.max(1, ...cells.map((cell) => Number(cell[2]) || 0)),
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemHeight: 140,
      text: ["高", "低"],
      textStyle: { color: SOFT },
      inRange: { color: ["#f6efe6", "#cfe0f2", "#7fb0dd", "#2f72b8", "#10345f"] },
    },
    series: [
      {
        type: "heatmap",
        data: cells,
        itemStyle: { borderColor: "#fff", borderWidth: 2 },
        label: { show: width / data.categories.length > 34, formatter: ({ value }) => (value[2] === "-" ? "—" : data.unit === "%" ? `${Math.round(value[2] * 100)}` : value[2]) },
      },
    ],
  };
}

export function chartOption(data, title, width) {
  if (data.type === "tiles") return tiles(data, title, width);
  const isVertical = data.type !== "line" && (data.vertical || width / data.categories.length < 46);
  const category = categoryAxis(data, isVertical);
  const value = valueAxis(data);
  const frame = base(data, title, width);
  if (isVertical) frame.grid.right = 56;
  return {
    ...frame,
    legend: legend(data),
    xAxis: isVertical ? value : category,
    yAxis: isVertical ? category : value,
    series: data.type === "line" ? lineSeries(data) : barSeries(data, isVertical),
  };
}
