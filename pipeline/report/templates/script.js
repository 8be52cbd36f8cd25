(function () {
  "use strict";
  var body = document.body;

  function valueOf(row, column) {
    var cell = row.cells[column];
    var value = cell.getAttribute("data-v");
    if (value === null) return cell.textContent.trim();
    var number = parseFloat(value);
    return isNaN(number) ? -Infinity : number;
  }

  function compare(a, b) {
    return typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang);
  }

  function sortBy(table, column, button) {
    var header = button.parentNode;
    var firstNumeric = table.tBodies[0].rows[0].cells[column].hasAttribute("data-v");
    var current = header.getAttribute("aria-sort");
    var ascending = current ? current === "descending" : !firstNumeric;
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      var order = compare(valueOf(a, column), valueOf(b, column));
      return ascending ? order : -order;
    });
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  }

  Array.prototype.forEach.call(document.querySelectorAll("table.sortable"), function (table) {
    if (!table.tBodies[0].rows.length) return;
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.title = body.getAttribute("data-sort").replace("{column}", cell.textContent);
      cell.textContent = "";
      cell.appendChild(button);
      button.addEventListener("click", function () { sortBy(table, column, button); });
    });
  });

  function show(theme) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-theme]"), function (part) {
      part.hidden = theme !== "" && part.getAttribute("data-theme") !== theme;
    });
  }

  var articles = document.querySelectorAll("article.theme");
  if (articles.length > 1) {
    var label = document.createElement("label");
    var select = document.createElement("select");
    label.className = "filter";
    label.textContent = body.getAttribute("data-filter") + " ";
    select.appendChild(new Option(body.getAttribute("data-filter-all"), ""));
    Array.prototype.forEach.call(articles, function (article) {
      select.appendChild(new Option(article.getAttribute("data-label"), article.getAttribute("data-theme")));
    });
    select.addEventListener("change", function () { show(select.value); });
    label.appendChild(select);
    document.querySelector("nav").appendChild(label);
    window.addEventListener("hashchange", function () {
      var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden) { select.value = ""; show(""); target.scrollIntoView(); }
    });
  }

  window.addEventListener("beforeprint", function () {
    Array.prototype.forEach.call(document.querySelectorAll("article details"), function (part) { part.open = part.querySelector("table") === null; });
  });
})();
