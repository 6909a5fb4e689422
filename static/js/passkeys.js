// Passkeys need the browser's help: this asks it, and sends what it answers as an ordinary form.
(function () {
  "use strict";

  var forms = document.querySelectorAll("form[data-passkey]");
  if (!forms.length || !window.PublicKeyCredential || !navigator.credentials) {
    return;
  }
  document.querySelectorAll("[data-passkey-without]").forEach(function (words) {
    words.hidden = true;
  });

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) {
      return letter.charCodeAt(0);
    });
  }

  function text(buffer) {
    var plain = "";
    new Uint8Array(buffer).forEach(function (value) {
      plain += String.fromCharCode(value);
    });
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function described(list) {
    return (list || []).map(function (key) {
      return Object.assign({}, key, { id: bytes(key.id) });
    });
  }

  function read(question) {
    var asked = Object.assign({}, question, { challenge: bytes(question.challenge) });
    if (question.user) {
      asked.user = Object.assign({}, question.user, { id: bytes(question.user.id) });
      asked.excludeCredentials = described(question.excludeCredentials);
    } else {
      asked.allowCredentials = described(question.allowCredentials);
    }
    return asked;
  }

  function answer(credential) {
    var said = { clientDataJSON: text(credential.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (credential.response[name]) {
        said[name] = text(credential.response[name]);
      }
    });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: said,
      clientExtensionResults: {}
    });
  }

  forms.forEach(function (form) {
    var trouble = form.querySelector(".cp-passkey__trouble");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      trouble.hidden = true;
      navigator.credentials[form.dataset.passkey]({ publicKey: read(JSON.parse(form.dataset.question)) }).then(
        function (credential) {
          form.elements.passkey.value = answer(credential);
          form.submit();
        },
        function () {
          trouble.hidden = false;
        }
      );
    });
  });
})();
