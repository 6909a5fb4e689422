// Only improves pages that already work without it: focus on the error summary, a warning before sign-out.
(function () {
  "use strict";

  var summary = document.querySelector(".nhsuk-error-summary");
  if (summary) {
    summary.setAttribute("tabindex", "-1");
    summary.focus();
    document.title = document.title.indexOf("Error: ") === 0 ? document.title : "Error: " + document.title;
  }

  // The name menu closes on Escape and when the focus or a tap goes elsewhere.
  var menu = document.querySelector(".cp-menu");
  if (menu) {
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
  }

  var box = document.getElementById("idle-warning");
  if (!box || !window.fetch) {
    return;
  }
  var idle = Number(box.dataset.idleSeconds) * 1000;
  // The server notes a page at most once a minute, so it may count from a minute earlier than this page does.
  var lead = Math.min(180000, idle / 2);
  var timers = [];
  var before = null;

  // Other tabs count too: any page opened in this browser keeps the same sign-in alive.
  function stamp(moment) {
    try {
      if (moment) {
        localStorage.setItem("carepurse-seen", String(moment));
      }
      return Number(localStorage.getItem("carepurse-seen")) || 0;
    } catch (error) {
      return 0;
    }
  }

  var seen = Date.now();
  stamp(seen);

  function left() {
    return Math.max(seen, stamp()) + idle - Date.now();
  }

  function wait() {
    timers.forEach(clearTimeout);
    timers = [setTimeout(warn, Math.max(0, left() - lead)), setTimeout(end, Math.max(0, left()) + 2000)];
  }

  function warn() {
    if (left() > lead + 1000) {
      wait();
      return;
    }
    before = document.activeElement;
    box.hidden = false;
    box.querySelector("button").focus();
  }

  function end() {
    if (left() > 0) {
      wait();
      return;
    }
    location.assign(box.dataset.endUrl);
  }

  function stayed() {
    seen = Date.now();
    stamp(seen);
    box.hidden = true;
    if (before && before.focus) {
      before.focus();
    }
    wait();
  }

  box.querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    fetch(event.target.action, {
      method: "POST",
      body: new FormData(event.target),
      headers: { Accept: "application/json" },
      redirect: "error"
    }).then(function (answer) {
      if (answer.ok) {
        stayed();
      } else {
        location.assign(box.dataset.endUrl);
      }
    }, function () {
      location.assign(box.dataset.endUrl);
    });
  });

  wait();
})();
