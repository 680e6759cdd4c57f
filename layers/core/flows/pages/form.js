"use strict";
(function () {
  // Rules are trees made by the server (client_rules.py). They are evaluated as JSONata does; undefined is "no value".
  function FailedRule() {}

  function truth(value) {
    if (Array.isArray(value)) return value.some(truth);
    return value !== null && value !== undefined && value !== "" && value !== 0 && value !== false;
  }

  function same(left, right) {
    if (Array.isArray(left) && Array.isArray(right)) {
      return left.length === right.length && left.every(function (part, index) { return same(part, right[index]); });
    }
    return left === right;
  }

  function order(name, left, right) {
    var sides = [left, right];
    sides.forEach(function (side) {
      if (side !== undefined && typeof side !== "number" && typeof side !== "string") throw new FailedRule();
    });
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right) throw new FailedRule();
    if (name === "<") return left < right;
    if (name === "<=") return left <= right;
    if (name === ">") return left > right;
    return left >= right;
  }

  function evaluate(tree, data) {
    var name = tree[0];
    if (name === "get") return Object.prototype.hasOwnProperty.call(data, tree[1]) ? data[tree[1]] : undefined;
    if (name === "lit" || name === "list") return tree[1];
    var left = evaluate(tree[1], data);
    if (name === "exists") return left !== undefined;
    if (name === "bool") return left === undefined ? undefined : truth(left);
    if (name === "not") return left === undefined ? undefined : !truth(left);
    if (name === "and") return truth(left) && truth(evaluate(tree[2], data));
    if (name === "or") return truth(left) || truth(evaluate(tree[2], data));
    var right = evaluate(tree[2], data);
    if (name === "=" || name === "!=") {
      if (left === undefined || right === undefined) return false;
      return (name === "=") === same(left, right);
    }
    if (name === "in") {
      if (left === undefined || right === undefined) return false;
      return (Array.isArray(right) ? right : [right]).some(function (part) { return same(part, left); });
    }
    return order(name, left, right);
  }

  function shows(tree, data) {
    try {
      return truth(evaluate(tree, data));
    } catch (error) {
      if (error instanceof FailedRule) return true;
      throw error;
    }
  }

  if (typeof document === "undefined") {
    module.exports = { shows: shows };
    return;
  }

  var form = document.getElementById("form");
  if (!form) return;
  document.documentElement.className = "js";

  function controls(group) {
    return group.matches("input") ? [group] : Array.prototype.slice.call(group.querySelectorAll("input, select, textarea"));
  }

  // The value as the server reads what the browser sends.
  function valueOf(group) {
    var type = group.getAttribute("data-type");
    var inputs = controls(group);
    if (type === "file") return sentId(group).value || undefined;
    if (type === "boolean") return inputs[0].checked;
    if (type === "several") {
      return inputs.filter(function (input) { return input.checked; }).map(function (input) { return input.value; });
    }
    var chosen = inputs[0].type === "radio" ? inputs.filter(function (input) { return input.checked; })[0] : inputs[0];
    var text = chosen ? chosen.value : "";
    if (type !== "textarea") text = text.trim();
    if (text.trim() === "") return undefined;
    return type === "number" && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
  }

  function update() {
    var groups = Array.prototype.slice.call(form.querySelectorAll("[data-type]"));
    var data = {};
    groups.forEach(function (group) {
      var value = valueOf(group);
      if (value !== undefined && !(Array.isArray(value) && value.length === 0)) data[nameOf(group)] = value;
    });
    groups.forEach(function (group) {
      var rule = group.getAttribute("data-rule");
      if (!rule) return;
      var visible = shows(JSON.parse(rule), data);
      if (!visible) delete data[nameOf(group)];
      group.hidden = !visible;
      controls(group).forEach(function (input) {
        input.disabled = !visible;
        if (group.hasAttribute("data-required") && group.getAttribute("data-type") !== "several") input.required = visible;
      });
    });
    groups.forEach(function (group) {
      if (group.getAttribute("data-type") !== "file") return;
      // What was uploaded stays uploaded when the page comes back with errors: the browser must not ask for it again.
      picker(group).required = group.hasAttribute("data-required") && !group.hidden && !sentId(group).value;
    });
  }

  function picker(group) {
    return group.querySelector("input[type=file]");
  }

  function sentId(group) {
    return group.querySelector("input[type=hidden]");
  }

  function say(group, text, fault) {
    group.querySelector("[role=status]").textContent = fault || text;
    picker(group).setCustomValidity(fault || "");
  }

  // A file goes straight to where files are kept; the form then carries its number only.
  function upload(group) {
    var input = picker(group);
    var file = input.files[0];
    var turn = (group.turn || 0) + 1;
    group.turn = turn;
    sentId(group).value = "";
    say(group, "");
    if (!file) return;
    var greatest = Number(input.getAttribute("data-max-size"));
    if (file.size === 0) return say(group, "", "This file is empty.");
    if (file.size > greatest) return say(group, "", "This file is too large: at most " + sizeText(greatest) + " are allowed.");
    say(group, "", "Please wait until the file is uploaded.");
    var wanted = { field: nameOf(group), name: file.name.slice(-200), content_type: file.type || "application/octet-stream", size: file.size };
    begin(wanted).then(function (target) {
      var body = new FormData();
      Object.keys(target.fields).forEach(function (name) { body.append(name, target.fields[name]); });
      body.append("file", file);
      return fetch(target.url, { method: "POST", body: body }).then(function (answer) {
        if (!answer.ok) throw new Error();
        if (group.turn !== turn) return;
        sentId(group).value = target.upload_id;
        say(group, "The file is uploaded.");
        update();
      });
    }).catch(function (error) {
      if (group.turn === turn) say(group, "", error.shown || "The file could not be uploaded. Please choose it again.");
    });
  }

  function begin(wanted) {
    var address = location.pathname.replace(/\/$/, "") + "/uploads";
    var options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wanted) };
    return fetch(address, options).then(function (answer) { return answer.json(); }).then(function (answer) {
      if (answer.success) return answer.data;
      var details = answer.error.details;
      var error = new Error();
      if (Array.isArray(details) && details[0]) error.shown = "This file cannot be taken: it " + details[0].message + ".";
      throw error;
    });
  }

  function sizeText(bytes) {
    return bytes < 1048576 ? Math.floor(bytes / 1024) + " KB" : Math.floor(bytes / 1048576) + " MB";
  }

  form.addEventListener("change", function (event) {
    if (event.target.type === "file") upload(event.target.closest("[data-type]"));
  });

  function nameOf(group) {
    return group.getAttribute("data-name") || group.name;
  }

  form.addEventListener("input", update);
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();

  var sending = false;
  form.addEventListener("submit", function (event) {
    if (sending) event.preventDefault();
    sending = true;
    window.setTimeout(function () { sending = false; }, 3000);
  });

  var summary = document.getElementById("summary");
  if (summary) {
    summary.focus();
    // A link of the summary leads to the control itself, and for a group to its first choice.
    summary.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a") : null;
      var target = link && document.getElementById(link.getAttribute("href").slice(1));
      if (target) {
        event.preventDefault();
        target.focus();
        target.scrollIntoView({ block: "center" });
      }
    });
  }
})();
