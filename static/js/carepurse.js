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

  // A page that the browser kept in memory shows nothing after somebody left: it is asked for again.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      location.reload();
    }
  });

  var box = document.getElementById("idle-warning");

  // Whoever signs out in one tab leaves nothing on the screen in another one, also in one that slept meanwhile.
  var came = Date.now();
  function lastLeft() {
    try {
      return Number(localStorage.getItem("carepurse-left")) || 0;
    } catch (error) {
      return 0;
    }
  }
  function goIfLeft() {
    if (lastLeft() > came) {
      document.body.hidden = true;
      location.replace(box.dataset.endUrl);
    }
  }
  if (box) {
    window.addEventListener("storage", goIfLeft);
    document.addEventListener("visibilitychange", goIfLeft);
  } else if (document.querySelector("[data-signed-out]")) {
    try {
      localStorage.setItem("carepurse-left", String(came));
    } catch (error) {
      // a browser that keeps nothing tells the other tabs nothing
    }
  }

  if (!box || !window.fetch || !box.showModal) {
    return;
  }

  // The form that somebody has begun to fill in.
  var begun = null;
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && (form.getAttribute("method") || "").toLowerCase() === "post" && !box.contains(form)) {
      begun = form;
    }
  });
  var idle = Number(box.dataset.idleSeconds) * 1000;
  var lead = Math.min(120000, idle / 2);
  var timers = [];

  // Other tabs count too: any page opened in this browser keeps the same sign-in alive.
  function stamp(moment) {
    try {
      if (moment) {
        localStorage.setItem("carepurse-until", String(moment));
      }
      return Number(localStorage.getItem("carepurse-until")) || 0;
    } catch (error) {
      return 0;
    }
  }

  var until = Date.now() + Number(box.dataset.leftSeconds) * 1000;
  stamp(until);

  function left() {
    // what another sign-in of longer ago left behind is no more than this one can last
    return Math.max(until, Math.min(stamp(), Date.now() + idle)) - Date.now();
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
    if (!box.open) {
      box.showModal(); // the focus goes in, stays in, and goes back to where it was
    }
  }

  function end() {
    if (left() > 0) {
      wait();
      return;
    }
    leave();
  }

  // Nothing of the page may stay on the screen. What was typed is handed over first, to be offered after signing in.
  function leave() {
    if (!begun || !document.contains(begun)) {
      location.replace(box.dataset.endUrl);
      return;
    }
    add("kept_action", new URL(begun.getAttribute("action") || location.href, location.href).pathname);
    add("kept_page", location.pathname + location.search);
    begun.querySelectorAll("input[type=file], input[type=password]").forEach(function (field) {
      if (field.type === "file" && field.value) {
        add("kept_files", "yes");
      }
      field.disabled = true;
    });
    begun.setAttribute("action", box.dataset.keepUrl);
    begun.removeAttribute("target");
    HTMLFormElement.prototype.submit.call(begun);
    box.close();
    document.body.hidden = true;
  }

  function add(name, value) {
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    begun.appendChild(field);
  }

  function stayed() {
    until = Date.now() + idle;
    stamp(until);
    if (box.open) {
      box.close();
    }
    wait();
  }

  var extend = box.querySelector("form");
  // There is one button, so Tab has nowhere else to go. Escape does what it does: whoever presses it is there.
  box.addEventListener("keydown", function (event) {
    if (event.key === "Tab" || event.key === "Escape") {
      event.preventDefault();
      extend.querySelector("button").focus();
    }
    if (event.key === "Escape") {
      extend.requestSubmit();
    }
  });
  // a phone's way back closes it without a key
  box.addEventListener("cancel", function (event) {
    event.preventDefault();
  });
  extend.addEventListener("submit", function (event) {
    event.preventDefault();
    var body = new FormData(extend);
    body.delete("form_id"); // it may be said again and again
    fetch(extend.action, {
      method: "POST",
      body: body,
      headers: { Accept: "application/json" },
      redirect: "error"
    }).then(function (answer) {
      if (answer.ok) {
        stayed();
      } else {
        leave();
      }
    }, leave);
  });

  wait();
})();
