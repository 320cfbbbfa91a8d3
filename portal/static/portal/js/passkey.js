// <pass-key data-do="create|get" data-options='{"publicKey": …}' data-form="id" data-field="name">
// Its button asks the browser for a passkey, puts the answer into the form's field as JSON, and sends the form.
// Without JavaScript, or where the browser knows no passkeys, it stays hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const credentials = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

function create(options) {
  return navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: credentials(options.excludeCredentials),
    },
  });
}

function get(options) {
  return navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: credentials(options.allowCredentials),
    },
  });
}

function sendable(found) {
  const response = { clientDataJSON: text(found.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (found.response[part]) response[part] = text(found.response[part]);
  }
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response,
    clientExtensionResults: found.getClientExtensionResults(),
  };
}

class PassKey extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.ask());
  }

  async ask() {
    const error = this.querySelector("[role=alert]");
    const { publicKey } = JSON.parse(this.dataset.options);
    error.hidden = true;
    try {
      const found = await (this.dataset.do === "create" ? create(publicKey) : get(publicKey));
      const form = document.getElementById(this.dataset.form);
      form.elements[this.dataset.field].value = JSON.stringify(sendable(found));
      form.requestSubmit();
    } catch {
      error.textContent =
        this.dataset.do === "create"
          ? "No passkey was added. Try again, or use an authenticator app."
          : "No passkey was used. Try again, or enter a code.";
      error.hidden = false;
    }
  }
}

customElements.define("pass-key", PassKey);
