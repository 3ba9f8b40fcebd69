"use strict";
// Sends the chosen or dropped files one by one, shows how far it is, and what was received.
(() => {
  const form = document.getElementById("upload");
  const chooser = form.querySelector("input");
  const progress = form.querySelector("progress");
  const receipts = document.getElementById("receipts");
  const limit = Number(form.dataset.max);

  const tell = (name, text, good) => {
    const row = receipts.tBodies[0].insertRow();
    row.insertCell().textContent = name;
    const cell = row.insertCell();
    cell.textContent = text;
    cell.className = good ? "good" : "bad";
    receipts.hidden = false;
  };

  const send = file => new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.open("PUT", "./" + encodeURIComponent(file.name));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = event => {
      progress.value = event.total ? event.loaded / event.total : 1;
    };
    request.onload = () => {
      let receipt;
      try { [receipt] = JSON.parse(request.responseText); } catch { receipt = null; }
      if (receipt?.saved) tell(file.name, `saved, ${receipt.size} bytes, sha256 ${receipt.sha256}`, true);
      else tell(file.name, `not saved: ${receipt?.problem ?? request.responseText.trim()}`, false);
      resolve();
    };
    request.onerror = () => {
      tell(file.name, "not saved: the connection was lost", false);
      resolve();
    };
    request.send(file);
  });

  const refresh = async () => {
    const answer = await fetch("./", { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rows = page.querySelector("#list tbody");
    if (!rows) return;
    document.querySelector("#list tbody").replaceWith(document.adoptNode(rows));
    document.dispatchEvent(new Event("listing-changed"));
  };

  const upload = async files => {
    progress.hidden = false;
    for (const file of files) {
      progress.value = 0;
      if (file.size > limit) tell(file.name, `not saved: longer than ${limit} bytes`, false);
      else await send(file);
    }
    progress.hidden = true;
    form.reset();
    await refresh();
  };

  form.addEventListener("submit", event => {
    event.preventDefault();
    upload([...chooser.files]);
  });
  document.addEventListener("dragover", event => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  for (const end of ["dragleave", "drop"])
    document.addEventListener(end, () => document.body.classList.remove("dropping"));
  document.addEventListener("drop", event => {
    event.preventDefault();
    upload([...event.dataTransfer.files]);
  });
})();
